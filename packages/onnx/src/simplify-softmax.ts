import { AgonError, type Model, type Node, type ValueName } from '@agon/core'
import { inferShapes, type ValueType } from '@agon/graph'

/**
 * Softmax of a flattened value, back in its old shape, is a plain softmax along one axis where all other flattened axes have
 * extent 1. That form comes from files before opset 13 and is replaced where shapes are known; the two nodes swap names.
 */
export function simplifySoftmax(model: Model): Model {
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)))
  const flattened = model.nodes.some(({ op, inputs }) => isSoftmax(op) && producers.get(inputs[0]!)?.op === 'Flatten')
  const types = flattened ? knownTypes(model) : undefined
  if (types === undefined) return model
  const plain = new Map(model.nodes.map((node) => [node, plainSoftmax(node, producers, types)]))
  const names = new Map([...plain].flatMap(([{ name }, softmax]) => (softmax ? [[softmax.name, name] as const] : [])))
  const nodes = model.nodes.map((node) => plain.get(node) ?? { ...node, name: names.get(node.name) ?? node.name })
  return { ...model, nodes }
}

const isSoftmax = (op: string | undefined): boolean => op === 'Softmax' || op === 'LogSoftmax'

/** Types at batch 1; `undefined` if they depend on more than the batch. */
function knownTypes(model: Model): ReadonlyMap<ValueName, ValueType> | undefined {
  try {
    return inferShapes(model)
  } catch (error) {
    if (error instanceof AgonError) return undefined
    throw error
  }
}

/** The softmax that a Reshape ends, if it is one of those described above. */
function plainSoftmax(
  node: Node,
  producers: ReadonlyMap<ValueName, Node>,
  types: ReadonlyMap<ValueName, ValueType>
): Node | undefined {
  const softmax = node.op === 'Reshape' ? producers.get(node.inputs[0]!) : undefined
  const flatten = isSoftmax(softmax?.op) ? producers.get(softmax!.inputs[0]!) : undefined
  const shape = producers.get(node.inputs[1] ?? '')
  const x = flatten?.inputs[0]
  if (!softmax || flatten?.op !== 'Flatten' || shape?.op !== 'Shape' || shape.inputs[0] !== x) return undefined
  const extents = types.get(x!)!.shape
  const given = Number(flatten.attributes.axis ?? 1)
  const from = given < 0 ? given + extents.length : given
  const wide = extents.flatMap((extent, axis) => (axis >= from && extent !== 1 ? [axis] : []))
  if (wide.length > 1 || from === 0 || softmax.attributes.axis !== -1) return undefined
  return { ...softmax, inputs: [x!], outputs: node.outputs, attributes: { axis: wide[0] ?? from } }
}
