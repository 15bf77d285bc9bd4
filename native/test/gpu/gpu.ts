import { createCudaEngine, cudaStatus, type CudaEngine } from '../../lib/index.js'

const status = cudaStatus()

/** Why there is nothing to test here; undefined where there is a GPU. */
export const noGpu = status.available ? undefined : status.reason

export function gpuEngine(): CudaEngine {
  return createCudaEngine()
}
