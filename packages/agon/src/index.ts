export * from '@agon/core'
export * from '@agon/methods'
export * from '@agon/graph'
export * from '@agon/images'
export * from '@agon/render'
export * from '@agon/onnx'
export * from '@agon/sanity-checks'
export * from '@agon/smooth-activations'
export * from '@agon/train'
export * from '@agon/train/node'
export * from '@agon/metrics'
export * from '@agon/report'
export { readOnnxFile } from '@agon/onnx/node'
export {
  createCpuEngine,
  createCudaEngine,
  cudaStatus,
  tryLoadAddon,
  type CudaEngine,
  type CudaEngineOptions,
  type CudaStatus
} from '@agon/native'
export { createReferenceEngine } from '@agon/engine-reference'
// A local export goes before one of the same name in a star: `explain` here takes a model, core's takes a session.
export { explain as explainSession } from '@agon/core'
// Of metrics it is what a curve replaces pixels by; of graph, which came first, a node that replaces others.
export type { Replacement } from '@agon/graph'
export { engineNotes, explain, type ExplainModelOptions, type ModelExplanation } from './explain.js'
export { runChecks, type Extent, type RunEvent, type RunOutcome } from '@agon/check-runner'
export * from './check/check.js'
export * from './choose-preprocess.js'
export * from './competed-text.js'
export * from './config.js'
export * from './create-agon.js'
export * from './create-engine.js'
export * from './embedded.js'
export * from './labels-beside.js'
export * from './load-model.js'
export * from './net-files.js'
export * from './prepare-input.js'
export * from './versions.js'
export * from './explanation-sheet.js'
export * from './photo.js'
export * from './reaches-input.js'
