import { sizeOf, type Constant, type Model, type Node, type ValueName } from '@agon/core'
import { numberAttribute } from '../node-attributes.js'
import type { StaticModel } from '../static-model.js'

/** y = factor x + shift, per channel. */
interface Scaling {
  readonly factor: readonly number[]
  readonly shift: readonly number[]
}

/**
 * The model with every BatchNormalization folded into the Conv, ConvTranspose or Gemm right before it, where that layer's output is read by nobody else and is not
 * the value `keep`: weights times the channel's factor, and a bias. The layer keeps its name and takes over the normalisation's output; logits stay the
 * same within rounding. A normalisation with other than constant parameters, or behind anything else, stays.
 */
export function foldBatchNorm<M extends Model>(model: M, keep?: ValueName): M {
  const constants = new Map(model.constants)
  const folded = new Map<string, Node>()
  const gone = new Set<string>()
  const makers = new Map(model.nodes.map((node) => [node.outputs[0]!, node]))
  for (const node of model.nodes) {
    const layer = node.op === 'BatchNormalization' ? makers.get(node.inputs[0]!) : undefined
    if (layer === undefined || !isFoldable(model, layer, keep)) continue
    const scaling = scalingOf(node, model)
    if (scaling === undefined) continue
    folded.set(layer.name, merged(layer, node, scaling, constants))
    gone.add(node.name)
  }
  if (gone.size === 0) return model
  const nodes = model.nodes.filter(({ name }) => !gone.has(name)).map((node) => folded.get(node.name) ?? node)
  return { ...model, nodes, constants, ...typesWith(model, constants) }
}

const layers = ['Conv', 'ConvTranspose', 'Gemm']

function isFoldable(model: Model, { op, inputs, outputs }: Node, keep: ValueName | undefined): boolean {
  const [value] = outputs
  const readers = model.nodes.filter((node) => node.inputs.includes(value!)).length
  const isAsked = value === keep || model.outputs.some(({ name }) => name === value)
  const parameters = inputs.slice(1).filter((name) => name !== '')
  return layers.includes(op) && readers === 1 && !isAsked && parameters.every((name) => model.constants.has(name))
}

function scalingOf(node: Node, { constants }: Model): Scaling | undefined {
  const [scale, shift, mean, variance] = node.inputs.slice(1, 5).map((name) => constants.get(name)?.data)
  if (!scale || !shift || !mean || !variance) return undefined
  const epsilon = numberAttribute(node, 'epsilon')
  const factor = Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + epsilon))
  return { factor, shift: factor.map((value, c) => shift[c]! - mean[c]! * value) }
}

/** The layer with new weights and a bias, and the output of the normalisation. */
function merged(
  layer: Node,
  normalization: Node,
  { factor, shift }: Scaling,
  constants: Map<ValueName, Constant>
): Node {
  const [x, w, b] = layer.inputs
  const weights = constants.get(w!)!
  const beta = layer.op === 'Gemm' ? numberAttribute(layer, 'beta') : 1
  const old = b ? constants.get(b)!.data : undefined
  const channel = channelOf(layer, weights, factor.length)
  const hold = (part: string, shape: readonly number[], data: Float32Array): ValueName => {
    const name = `${layer.name}/folded_${part}`
    constants.set(name, { dtype: 'float32', shape, data })
    return name
  }
  const inputs = [
    x!,
    hold(
      'weights',
      weights.shape,
      Float32Array.from(weights.data, (value, i) => value * factor[channel(i)]!)
    ),
    hold(
      'bias',
      [factor.length],
      Float32Array.from(shift, (value, c) => value + factor[c]! * biasAt(old, c) * beta)
    )
  ]
  const attributes = layer.op === 'Gemm' ? { ...layer.attributes, beta: 1 } : layer.attributes
  return { ...layer, inputs, outputs: normalization.outputs.slice(0, 1), attributes }
}

/** A bias of one number serves all channels; none is 0. */
function biasAt(bias: ArrayLike<number> | undefined, c: number): number {
  return bias === undefined ? 0 : bias[c % bias.length]!
}

/** The channel of the output that weight i belongs to. */
function channelOf(layer: Node, { shape }: Constant, channels: number): (i: number) => number {
  if (layer.op === 'Conv') return (i) => Math.floor(i / sizeOf(shape.slice(1)))
  if (layer.op === 'Gemm') {
    return numberAttribute(layer, 'transB') ? (i) => Math.floor(i / shape[1]!) : (i) => i % shape[1]!
  }
  // ConvTranspose: [channels in, channels out / groups, ...]; the channels in of a group lie side by side.
  const [channelsIn, perGroup] = [shape[0]!, shape[1]!]
  const inPerGroup = channelsIn / (channels / perGroup)
  const inner = sizeOf(shape.slice(2))
  return (i) => {
    const ofInput = Math.floor(i / (perGroup * inner))
    return Math.floor(ofInput / inPerGroup) * perGroup + (Math.floor(i / inner) % perGroup)
  }
}

/** Shapes and dtypes of a static model's new constants. */
function typesWith(model: Model & Partial<StaticModel>, constants: ReadonlyMap<ValueName, Constant>) {
  if (model.shapes === undefined || model.dtypes === undefined) return {}
  const all = [...constants]
  return {
    shapes: new Map([...model.shapes, ...all.map(([name, { shape }]) => [name, shape] as const)]),
    dtypes: new Map([...model.dtypes, ...all.map(([name, { dtype }]) => [name, dtype] as const)])
  }
}
