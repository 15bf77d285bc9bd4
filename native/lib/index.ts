export {
  createCudaEngine,
  cudaStatus,
  type CudaEngine,
  type CudaEngineOptions,
  type CudaStatus
} from './cuda-engine.js'
export { createCpuEngine, type CpuEngine, type CpuEngineOptions } from './engine.js'
export { attemptText, tryLoadAddon, type Attempt, type Loaded } from './loader.js'
export { operators } from './lower.js'
