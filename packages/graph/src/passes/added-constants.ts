import type { Constant, Node, ValueName } from '@agon/core'
import type { Shape } from '../facts.js'
import { numberAttribute } from '../node-attributes.js'
import type { StaticModel } from '../static-model.js'

/** A constant that a node adds to what it makes of its inputs. */
export interface AddedConstant {
  readonly node: string
  /** The value that the node makes. */
  readonly value: ValueName
  /** Broadcasts to the shape of the value. */
  readonly shape: Shape
  readonly data: Float64Array
}

/**
 * The biases of a model, in the order of the nodes: of Conv, ConvTranspose and Gemm (times beta), what BatchNormalization adds in effect,
 * bias - scale mean / sqrt(variance + epsilon), and constants that Add, Sub and Sum add or take away. Where every other operation is linear or
 * positively homogeneous of degree 1 (ReLU, pooling), each logit is the sum of its gradient (.) the input and of its gradients at these
 * values (.) these constants.
 */
export function addedConstants(model: StaticModel): readonly AddedConstant[] {
  return model.nodes.flatMap((node) => {
    const value = node.outputs[0]!
    if (model.dtypes.get(value) !== 'float32' || !Object.hasOwn(biasesOf, node.op)) return []
    const constants = node.inputs.map((name) => model.constants.get(name))
    const biases = biasesOf[node.op]!(constants, node, model.shapes.get(value)!.length)
    return biases.map((bias) => ({ node: node.name, value, ...bias }))
  })
}

type Bias = Pick<AddedConstant, 'shape' | 'data'>
type BiasesOf = (constants: readonly (Constant | undefined)[], node: Node, rank: number) => readonly Bias[]

const biasesOf: Readonly<Record<string, BiasesOf>> = {
  Conv: channelBias,
  ConvTranspose: channelBias,
  BatchNormalization: batchBias,
  Gemm: ([, , bias], node) => times(bias, numberAttribute(node, 'beta')),
  Add: (constants) => constants.flatMap((constant) => times(constant, 1)),
  Sum: (constants) => constants.flatMap((constant) => times(constant, 1)),
  Sub: (constants) => constants.flatMap((constant, i) => times(constant, i === 0 ? 1 : -1))
}

function channelBias([, , bias]: Parameters<BiasesOf>[0], _: Node, rank: number): readonly Bias[] {
  return times(bias, 1).map(({ data }) => ({ shape: alongChannels(data.length, rank), data }))
}

function batchBias(constants: Parameters<BiasesOf>[0], node: Node, rank: number): readonly Bias[] {
  const parameters = constants.slice(1, 5)
  if (parameters.length < 4 || parameters.includes(undefined)) return []
  const [scale, bias, mean, variance] = parameters.map((constant) => constant!.data)
  const epsilon = numberAttribute(node, 'epsilon')
  const data = Float64Array.from(bias!, (b, c) => b - (scale![c]! * mean![c]!) / Math.sqrt(variance![c]! + epsilon))
  return [{ shape: alongChannels(data.length, rank), data }]
}

function times(constant: Constant | undefined, factor: number): readonly Bias[] {
  if (constant === undefined) return []
  return [{ shape: constant.shape, data: Float64Array.from(constant.data, (value) => factor * value) }]
}

/** Axis 1 of a value of some rank. */
function alongChannels(channels: number, rank: number): Shape {
  return [channels, ...Array<number>(rank - 2).fill(1)]
}
