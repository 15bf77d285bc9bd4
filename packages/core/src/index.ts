export { AgonError, type AgonErrorCode, type AgonErrorDetails } from './error.js'
export { assertFinite, example, formatShape, multiply, sizeOf, sumAxis, tensor, type Tensor } from './tensor.js'
export type { Attribute, Constant, DType, Model, Node, ValueInfo, ValueName } from './model.js'
export {
  defaultMemory,
  type BackwardRules,
  type ContestOptions,
  type Cotangents,
  type Engine,
  type Multiplier,
  type PassOptions,
  type PerExample,
  type Rule,
  type RuleOption,
  type SeedScale,
  type Session
} from './engine.js'
export {
  defineMethod,
  type Attributed,
  type BackwardPass,
  type Method,
  type MethodContext,
  type MethodDefinition,
  type Note
} from './method.js'
export { multiplierOf } from './multiplier.js'
export { attribute, passOptions, timesEach } from './attribute.js'
export type { Prepared } from './prepared.js'
export { assertBaseline, baselineOf, logitsAt, minusBaseline, type Baseline } from './baseline.js'
export { ways, type Plan, type PlanLayer, type Way } from './plan.js'
export { precisionOf, precisions, type Precision } from './precision.js'
export { createRegistry, type Registry } from './registry.js'
export {
  pluginKinds,
  type EngineEntry,
  type EngineOptions,
  type MethodEntry,
  type Plugin,
  type PluginKind
} from './plugin.js'
export { assertPlugin } from './assert-plugin.js'
export type { Direction, Similarity } from './similarity.js'
export {
  defineMetric,
  type Metric,
  type MetricContext,
  type MetricDefinition,
  type MetricEntry,
  type Score
} from './metric.js'
export { measure, type MeasureOptions } from './measure.js'
export { copyBatches, type CopyPlace } from './copy-batches.js'
export type { Check, CheckEntry, CheckStep, Criterion, Figure, Trial } from './check.js'
export type { AdamStep, Learner, LearnerPass, LearnerState } from './learner.js'
export { knownNames, nearest } from './names.js'
export { assertChoice, assertWhole, resolveOptions } from './options.js'
export { createRandom, type Random } from './random.js'
export { ranked, resolveLabel, resolveTarget, rowsOf, type Contestants, type Target } from './labels.js'
export { assertLogits, cutProbabilityHead, probabilityHead, type LogitsNeed } from './logits.js'
export { summedAxis, type Granularity } from './granularity.js'
export { contest, explain, type ExplainOptions, type Explanation } from './explain.js'
export { completeness, type Completeness } from './completeness.js'
export type { Contest } from './contest/contest.js'
export { decisionsIou, sampleOf, type MeasuredPrecision } from './contest/measured-precision.js'
export { createFold, type Fold } from './contest/fold.js'
export { competitive } from './contest/competitive.js'
export {
  competitions,
  competitiveDefaults,
  defaultTemperature,
  type Competition,
  type CompetitiveOptions
} from './contest/competitive-options.js'
export { defineCompetitive } from './contest/define-competitive.js'
export { competitiveMap, keptShare, type Ties } from './contest/competitive-map.js'
export { groupScores, type GroupScore } from './contest/group-fold.js'
export { assertGroups, type ContestGroup, type Groups } from './contest/groups.js'
export { marginMap } from './contest/margin-map.js'
export type { ContestChoices } from './contest/run-contest.js'
export type { SoftShares } from './contest/soft-fold.js'
export { softMap } from './contest/soft-map.js'
export { territories, turf, type Territory, type Turf } from './contest/turf.js'
export { alikeness } from './contest/alikeness.js'
export { alikeNotes, alikeThreshold } from './contest/alike-notes.js'
export { edgeMap, edgeNotes, edgeSimilarity, edgeThreshold } from './edges.js'
export { clipScale } from './clip-scale.js'
export { pearson, type Numbers } from './correlation.js'
export { studentT } from './student.js'
export { ranks, spearman } from './rank-correlation.js'
export { contestModels, type ContestModelsOptions, type ModelsContest } from './contest/models.js'
