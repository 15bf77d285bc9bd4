export { assertExamples, batchOf, countOf, firstExamples, momentsOf, type DataSet, type Examples } from './examples.js'
export { readIdx, type Idx } from './read-idx.js'
export { examplesFromIdx, type IdxFile } from './examples-from-idx.js'
export { permuteLabels, withPermutedLabels } from './permute-labels.js'
export { rateAt, scheduleNames, type ScheduleName } from './schedule.js'
export { fit, orderOf, type Fitted } from './fit.js'
export {
  fitDefaults,
  resolveSettings,
  type FitOptions,
  type FitProgress,
  type FitRun,
  type FitSettings
} from './fit-options.js'
export type { CheckpointStore, EpochFigures } from './checkpoint.js'
export { examplesFingerprint, fitFingerprint } from './fingerprint.js'
export { accuracy, type AccuracyOptions } from './accuracy.js'
export { withParameters } from './with-parameters.js'
export { cnn, type CnnOptions } from './nets/cnn.js'
export { mlp, type MlpOptions } from './nets/mlp.js'
export type { NetOptions } from './nets/net-options.js'
export { netNames, recipes, type LabelKind, type NetName, type Recipe } from './recipes.js'
export {
  trainNet,
  type NetRecord,
  type NetStore,
  type StoredNet,
  type TrainedNet,
  type TrainNetOptions
} from './train-net.js'
export { assertRequirements, requirementsOf, type Requirement } from './requirements.js'
export { randomizeData, type RandomizedData, type RandomizeDataOptions } from './data-randomization.js'
