import { AgonError, assertLogits, type LogitsNeed, type Model, type Node, type ValueName } from '@agon/core'
import { unsupportedNode } from '../errors.js'
import type { Shape } from '../facts.js'
import type { StaticModel } from '../static-model.js'

/**
 * Inputs that are weights where they are float constants, by operator. Constants of other operators (Sub, Div, Clip, Resize, ...) and means and
 * variances of BatchNormalization say how a layer computes; they are never fitted.
 */
const fitted: Readonly<Record<string, readonly number[]>> = {
  Add: [0, 1],
  BatchNormalization: [1, 2],
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  GroupNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  MatMul: [0, 1],
  Mul: [0, 1],
  PRelu: [1]
}

/** Operators whose constants of one element are numbers of a formula (x / 2, x + 1) and not weights. */
const formulas = new Set(['Add', 'Mul', 'PRelu'])

const forLearning: LogitsNeed = {
  what: 'learner of',
  remedy: 'Cut it off: cutProbabilityHead(model). The loss has a softmax of its own.'
}

/**
 * What a fit of a model changes: shapes of the float constants that layers read as weights, in the order of the nodes, by name. `fixed` is
 * `model` at one input shape. Throws AGON_UNSUPPORTED_OPERATOR naming the node whose weights nodes before it compute from constants,
 * AGON_SOFTMAX for a model that ends in probabilities, AGON_BAD_MODEL if there is nothing to fit.
 */
export function parametersOf(model: Model, fixed: StaticModel): ReadonlyMap<ValueName, Shape> {
  assertLogits(model, forLearning)
  const found = new Map<ValueName, Shape>()
  for (const node of fixed.nodes) {
    for (const name of weightsOf(node, fixed)) {
      if (!model.constants.has(name)) throw computed(node, name)
      found.set(name, fixed.constants.get(name)!.shape)
    }
  }
  needUnfolded(model, fixed, found)
  if (found.size > 0) return found
  throw new AgonError('AGON_BAD_MODEL', {
    what: `model '${model.name}'`,
    expected: 'weights to fit',
    found: 'no layer with any'
  })
}

function weightsOf(node: Node, { constants }: StaticModel): readonly ValueName[] {
  const places = Object.hasOwn(fitted, node.op) ? fitted[node.op]! : []
  return places
    .map((i) => node.inputs[i] ?? '')
    .filter((name) => {
      const constant = constants.get(name)
      if (constant?.dtype !== 'float32') return false
      return constant.data.length > 1 || (constant.data.length === 1 && !formulas.has(node.op))
    })
}

/** A weight that is also read by a node that was folded away would stay as it was there. */
function needUnfolded(model: Model, fixed: StaticModel, found: ReadonlyMap<ValueName, Shape>): void {
  for (const node of model.nodes) {
    const name = node.inputs.find((input) => found.has(input))
    const folded = node.outputs.some((output) => fixed.constants.has(output))
    if (name !== undefined && folded && node.op !== 'Shape' && node.op !== 'Size') throw computed(node, name)
  }
}

function computed(node: Node, name: ValueName): AgonError {
  return unsupportedNode(node, `weight '${name}'`, {
    expected: 'a constant of the model',
    found: 'one that is computed from constants',
    remedy: 'Fit foldConstants(model), which holds what they give as constants.'
  })
}

/** The shape of one example, `[1, ...]`, from what a model declares. Throws AGON_BAD_MODEL for extents that only an input would tell. */
export function declaredExample(model: Model): Shape {
  const [, ...shape] = model.inputs[0]?.shape ?? []
  if (shape.every((extent) => typeof extent === 'number')) return [1, ...shape]
  throw new AgonError('AGON_BAD_MODEL', {
    what: `input '${model.inputs[0]!.name}' of model '${model.name}'`,
    expected: 'extents that are fixed but for the batch',
    found: `[${model.inputs[0]!.shape.join(',')}]`,
    remedy: 'Give the model an input of fixed shape before it is fitted.'
  })
}
