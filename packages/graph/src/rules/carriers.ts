import type { Node, ValueName } from '@agon/core'
import { nonZeroOf } from './non-zero.js'
import type { SurrogateBuilder } from './builder.js'

/**
 * Values that are 1 and whose cotangent is the relevance of a value x: Through(1, x Detach(1 / x)). Relevance ends where x is exactly 0, unless x comes, by way of
 * operators that pass it on element by element, from a value that is not 0 there, or from the one that relevance is asked for.
 */
export interface Carriers {
  /** The carrier of a value of the model. */
  of(value: ValueName): ValueName
  /** Says which value carries. */
  set(value: ValueName, carrier: ValueName): void
}

/** Operators whose carrier is the operator on the carrier of what they read. */
const moves =
  'Reshape Flatten Squeeze Unsqueeze Identity Dropout Transpose Slice Expand Tile DepthToSpace SpaceToDepth'.split(' ')
/** Operators that choose elements by their values, or put several values together. */
const routes = ['MaxPool', 'GlobalMaxPool', 'Concat', 'Pad']
/** Activations that LRP passes through element by element. */
const elementwise =
  'Relu LeakyRelu ThresholdedRelu Clip Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Erf Mish'.split(
    ' '
  )

/** Makes carriers when they are first asked for. */
export function createCarriers(
  producers: ReadonlyMap<ValueName, Node>,
  isComputed: (value: ValueName) => boolean,
  builder: SurrogateBuilder,
  current: ReadonlyMap<ValueName, ValueName>
): Carriers {
  const carriers = new Map<ValueName, ValueName>()
  const currentOf = (value: ValueName): ValueName => current.get(value) ?? value
  const onesLike = (value: ValueName): ValueName => {
    const zeros = builder.add(value, 'Mul', [
      builder.add(value, 'Detach', [currentOf(value)]),
      builder.floats(value, [], [0])
    ])
    return builder.add(value, 'Add', [zeros, builder.floats(value, [], [1])])
  }
  const own = (value: ValueName): ValueName => {
    const x = currentOf(value)
    const inverse = builder.add(value, 'Reciprocal', [nonZeroOf(builder, value, builder.add(value, 'Detach', [x]))])
    return builder.add(value, 'Through', [onesLike(value), builder.add(value, 'Mul', [x, inverse])])
  }
  // The operator chooses by the values, and what goes back goes to their carriers.
  const routed = (value: ValueName, node: Node): ValueName => {
    const inputs = node.inputs.map((name) =>
      isComputed(name) ? builder.add(value, 'Through', [currentOf(name), of(name)]) : name
    )
    return builder.add(value, 'Through', [onesLike(value), builder.add(value, node.op, inputs, node.attributes)])
  }
  const make = (value: ValueName): ValueName => {
    const node = producers.get(value)
    if (node === undefined) return own(value)
    if (elementwise.includes(node.op)) return of(node.inputs[0]!)
    if (routes.includes(node.op)) return routed(value, node)
    if (!moves.includes(node.op) || node.outputs.length > 1) return own(value)
    return builder.add(value, node.op, [of(node.inputs[0]!), ...node.inputs.slice(1)], node.attributes)
  }
  const of = (value: ValueName): ValueName => {
    const known = carriers.get(value) ?? make(value)
    carriers.set(value, known)
    return known
  }
  return { of, set: (value, carrier) => carriers.set(value, carrier) }
}
