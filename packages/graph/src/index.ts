export type { Shape, ValueType } from './facts.js'
export type { StaticModel } from './static-model.js'
export { specialize } from './passes/specialize.js'
export { inferShapes } from './passes/infer-shapes.js'
export { foldConstants } from './passes/fold-constants.js'
export { removeDeadNodes } from './passes/remove-dead-nodes.js'
export { selectOutput } from './passes/select-output.js'
export { replaceNodes, type Replacement } from './passes/replace-nodes.js'
export type { Steps } from './passes/expand.js'
export { standardOperators } from './passes/standard-operators.js'
export { bindInputs } from './passes/bind-inputs.js'
export { validate } from './passes/validate.js'
export { addedConstants, type AddedConstant } from './passes/added-constants.js'
export { allPathsThrough, lastPicture, pictureValues } from './passes/pictures.js'
export { differentiability, type NodeDerivative } from './passes/differentiability.js'
export { isAlias, operatorNames, schemaOf } from './schema/table.js'
export type { AttributeKind, AttributeSpec, Derivative, OpSchema } from './schema/schema.js'
export { dependents, reads } from './dependents.js'
export { keepRecent, type Recent } from './keep-recent.js'
export { numberAttribute, textAttribute } from './node-attributes.js'
export {
  concatMap,
  convGeometry,
  gatherMap,
  linearWindows,
  matmulGeometry,
  maxWindows,
  normGeometry,
  padValue,
  reduceAxes
} from './geometry/tables.js'
export { broadcastMap, type MatmulGeometry } from './geometry/matrix.js'
export type { ConvGeometry } from './geometry/convolution.js'
export type { NormGeometry } from './geometry/normalization.js'
export type { Windows } from './geometry/windows.js'
export {
  assertCotangents,
  assertInput,
  assertLabels,
  disposedError,
  resolveValue,
  stackedShape,
  valueNames
} from './session-input.js'
export { assertContest } from './session-contest.js'
export { surrogate, type Surrogate } from './rules/surrogate.js'
export { createRuledSessions, hasRules, type RuledSessions } from './rules/ruled-sessions.js'
export { ruleDefinitions } from './rules/registry.js'
export { compositeRules, composites, type Composite } from './rules/composites.js'
export { foldBatchNorm } from './passes/fold-batch-norm.js'
export type { RuleDefinition, RuleOptions, Rewriting } from './rules/rule.js'
export type { Site } from './rules/site.js'
export { guardedLearner } from './learner/guard.js'
export { declaredExample, parametersOf } from './learner/parameters.js'
