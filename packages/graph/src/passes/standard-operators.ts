import type { Model, Node, ValueName } from '@agon/core'
import { unsupportedNode } from '../errors.js'
import type { Shape, ValueType } from '../facts.js'
import { attributesOf } from '../node-facts.js'
import { definitionOf } from '../schema/table.js'
import { inferShapes } from './infer-shapes.js'
import { replaceNodes } from './replace-nodes.js'

/**
 * The model with operators of ONNX in the place of those of our own that they can express; the others only steer the backward pass, of which ONNX
 * knows nothing. Throws AGON_UNSUPPORTED_OPERATOR where the replacement needs extents that the model leaves open.
 */
export function standardOperators<M extends Model>(model: M): M {
  if (!model.nodes.some(({ op }) => definitionOf(op)?.standard)) return model
  let types: ReadonlyMap<ValueName, ValueType> | undefined
  return replaceNodes(model, (node) => {
    const standard = definitionOf(node.op)?.standard
    if (standard === undefined) return undefined
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

function openExtents(node: Node) {
  return unsupportedNode(node, 'window', {
    expected: "fixed extents of the model's input (the batch may be open)",
    found: 'open ones',
    remedy: 'Give the model a fixed input size before it is written.'
  })
}
