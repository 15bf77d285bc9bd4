export { testEngine, type EngineTestOptions } from './test-engine.js'
export { testMethod, type MethodFactory, type MethodTestOptions } from './test-method.js'
export { testMetric, type MetricTestOptions } from './test-metric.js'
export { testSimilarity, type SimilarityTestOptions } from './test-similarity.js'
export type { Skips } from './suite/check.js'
export type { Runner } from './suite/runner.js'
export { opCases } from './op-cases.js'
export { opCase, smoothStep, type CaseOptions, type Draw, type OpCase } from './op-cases/op-case.js'
export { modelOf, type ModelBuilder } from './model-builder.js'
export {
  tinyAttention,
  tinyCnn,
  tinyConcat,
  tinyMlp,
  tinyModels,
  tinyResidual,
  type NetOptions,
  type TinyModel
} from './tiny-models.js'
export { bf16Roundings } from './bf16-roundings.js'
export { relativeError } from './compare.js'
export { finiteDifference, slopeAtZero } from './finite-difference.js'
export { dataFolder } from './data.js'
export { labelledBatch, type LabelledBatch } from './labelled-batch.js'
export { torchCase, torchCaseNames, type TorchCase } from './torch-cases.js'
export {
  errorsAgainstTorch,
  torchLearner,
  type TorchErrors,
  type TorchLearner,
  type TorchStep
} from './torch-learner.js'
export { randomModel, type RandomModelKind, type RandomModelOptions } from './random-graph.js'
export { withSteering } from './random-steering.js'
export { inputAwayFromKinks, kinkDistance } from './random-graph-kinks.js'
export { nodeList } from './random-graph-text.js'
