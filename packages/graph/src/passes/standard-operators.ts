import type { Model, Node, ValueName } from '@agon/core'
import { unsupportedNode } from '../errors.js'
import type { Shape, ValueType } from '../facts.js'
import { attributesOf } from '../node-facts.js'
import { definitionOf } from '../schema/table.js'
import { inferShapes } from './infer-shapes.js'
import { replaceNodes } from './replace-nodes.js'

/**
 * The model without operators of our own: each is replaced by operators of ONNX that compute the same. Throws
 * AGON_UNSUPPORTED_OPERATOR for one that ONNX has no words for, and where the replacement needs extents that the model leaves open.
 */
export function standardOperators<M extends Model>(model: M): M {
  if (!model.nodes.some(({ op }) => definitionOf(op)?.domain === 'agon')) return model
  let types: ReadonlyMap<ValueName, ValueType> | undefined
  return replaceNodes(model, (node) => {
    const definition = definitionOf(node.op)
    if (definition?.domain !== 'agon') return undefined
    const { standard } = definition
    if (standard === undefined) throw noStandard(node)
    const extents = (): Shape => {
      if (!hasFixedExtents(model)) throw openExtents(node)
      types ??= inferShapes(model)
      return types.get(node.inputs[0]!)!.shape
    }
    return (steps) => standard({ node, attributes: attributesOf(node), inputs: [] }, steps, extents)
  })
}

/** Whether all extents but the batch are fixed, so that every shape is known. */
function hasFixedExtents({ inputs }: Model): boolean {
  return inputs.every(({ shape }) => shape.slice(1).every((extent) => typeof extent === 'number'))
}

function noStandard(node: Node) {
  return unsupportedNode(node, 'counterpart in ONNX', {
    expected: 'an operator of ONNX',
    found: "an operator of Agon's own",
    remedy: 'Write the model as it was before it got this operator.'
  })
}

function openExtents(node: Node) {
  return unsupportedNode(node, 'window', {
    expected: "fixed extents of the model's input (the batch may be open)",
    found: 'open ones',
    remedy: 'Give the model a fixed input size before it is written.'
  })
}
