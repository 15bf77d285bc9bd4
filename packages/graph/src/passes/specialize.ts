import { AgonError, type Model, type Node, type ValueInfo } from '@agon/core'
import { unsupportedNode } from '../errors.js'
import type { Shape } from '../facts.js'
import { definitionOfNode } from '../node-facts.js'
import type { StaticModel } from '../static-model.js'
import { needInputShape, onlyInput } from './input-shape.js'
import { propagate, type Propagated } from './propagate.js'
import { removeDeadNodes } from './remove-dead-nodes.js'
import { validate } from './validate.js'

/**
 * Fixes a model to an input shape `[N, ...]` (engines pass N = 1): binds symbolic extents, infers every shape, folds every constant
 * and removes what is dead. Throws AGON_BAD_INPUT if the shape does not fit, AGON_BAD_MODEL if the graph contradicts itself or its
 * constants would outgrow the file, AGON_UNSUPPORTED_OPERATOR if shapes depend on data or an operator is not known.
 */
export function specialize(model: Model, inputShape: Shape): StaticModel {
  validate(model)
  const input = onlyInput(model)
  needInputShape(input, inputShape)
  const shape = [...inputShape]
  const known = propagate(model, new Map([[input.name, { shape, dtype: input.dtype }]]))
  const typed = (info: ValueInfo): ValueInfo => ({ ...info, ...known.types.get(info.name)! })
  const outputs = model.outputs.map(typed)
  for (const { name } of outputs) needDependence(model, name, known)
  const nodes = known.nodes.map((node) => simplified(node, known))
  const live = removeDeadNodes({ ...model, inputs: [{ ...input, shape }], outputs, nodes, constants: known.constants })
  for (const node of live.nodes) needRunnable(node)
  return withTypes(live, known)
}

function withTypes(model: Model, { types }: Propagated): StaticModel {
  const names = [
    ...model.inputs.map(({ name }) => name),
    ...model.constants.keys(),
    ...model.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''))
  ]
  const shapes = new Map(names.map((name) => [name, types.get(name)!.shape]))
  const dtypes = new Map(names.map((name) => [name, types.get(name)!.dtype]))
  return { ...model, shapes, dtypes }
}

/** A Cast that keeps every number becomes Identity, CastLike becomes Cast. */
function simplified(node: Node, { types }: Propagated): Node {
  if (node.op !== 'Cast' && node.op !== 'CastLike') return node
  const [from, to] = [types.get(node.inputs[0]!)!.dtype, types.get(node.outputs[0]!)!.dtype]
  const inputs = [node.inputs[0]!]
  if (from === to || to === 'float32' || from === 'bool') return { ...node, op: 'Identity', inputs, attributes: {} }
  return node.op === 'Cast' ? node : { ...node, op: 'Cast', inputs, attributes: { to: to === 'bool' ? 9 : 7 } }
}

/** Refuses what only folding knows and what only the first output of a node may give. */
function needRunnable(node: Node): void {
  const { derivative, manyOutputs } = definitionOfNode(node)
  if (derivative === 'none') {
    throw unsupportedNode(node, 'inputs', {
      expected: 'constants',
      found: "values that depend on the model's input",
      remedy: 'This operator is only evaluated on constants: export the model without it, or with static shapes.'
    })
  }
  if (node.outputs.length > 1 && !manyOutputs) {
    throw unsupportedNode(node, `output 1 ('${node.outputs[1]}')`, {
      expected: 'that nobody reads it',
      found: 'a reader'
    })
  }
}

function needDependence({ name: model }: Model, name: string, { constants }: Propagated): void {
  if (!constants.has(name)) return
  throw new AgonError('AGON_BAD_MODEL', {
    what: `output '${name}' of model '${model}'`,
    expected: "a value that depends on the model's input",
    found: 'a constant',
    remedy: 'Choose another output: selectOutput(model, value).'
  })
}
