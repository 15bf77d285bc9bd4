import type { ValueName } from '@agon/core'
import { numberAttribute } from '../../node-attributes.js'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { chord, scaleFree } from './chord.js'
import { both, dualInput, refusal, scalar, varying, type Dual } from './dual.js'
import { inverseRoot, product } from './products.js'

/**
 * (x - mean) / sqrt(variance + epsilon) over some axes, step by step: means are linear, the square and the product with the inverse root follow the
 * rule of products, the inverse root has the slope of its chord. Only `x` of the result is of use.
 */
function standardized(site: Site, x: Dual, axes: readonly number[]): Dual {
  const mean = (value: Dual): Dual =>
    both(site, 'ReduceMean', value, [site.integers([axes.length], axes)], { keepdims: 1 })
  const average = mean(x)
  const centred = { x: site.add('Sub', [x.x, average.x]), b: site.add('Sub', [x.b, average.b]) }
  const variance = mean(product(site, centred, centred))
  const epsilon = scalar(site, numberAttribute(site.node, 'epsilon'))
  return product(site, centred, inverseRoot(site, both(site, 'Add', variance, [epsilon])))
}

/** The value of the node, cotangents to the given steps after the node's scale, whose shape is `like`. */
function scaled(site: Site, { x }: Dual, like: readonly number[]): readonly ValueName[] {
  if (varying(site).some((input) => input > 0))
    throw refusal(site, 'a constant scale and shift', 'ones that depend on the data')
  const scale = site.floats(like, site.constantOf(1)!.data)
  return [site.add('Through', [site.copy()[0]!, site.add('Mul', [x, scale])])]
}

const layer: Rewriting = (site) => {
  const rank = site.shapeOf(0).length
  const axis = numberAttribute(site.node, 'axis')
  const first = axis < 0 ? axis + rank : axis
  const axes = Array.from({ length: rank - first }, (_, i) => first + i)
  return scaled(site, standardized(site, dualInput(site), axes), site.shapeOf(1))
}

/** One number per channel, beside the axes behind the channels. */
function perChannel(site: Site): readonly number[] {
  const [, channels, ...rest] = site.shapeOf(0)
  return [channels!, ...rest.map(() => 1)]
}

const instance: Rewriting = (site) => {
  const axes = site.shapeOf(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]))
  return scaled(site, standardized(site, dualInput(site), axes), perChannel(site))
}

const group: Rewriting = (site) => {
  const shape = site.shapeOf(0)
  const groups = site.integers([3], [shape[0]!, numberAttribute(site.node, 'num_groups'), -1])
  const { x, b } = standardized(site, both(site, 'Reshape', dualInput(site), [groups]), [2])
  return scaled(site, both(site, 'Reshape', { x, b }, [site.integers([shape.length], shape)]), perChannel(site))
}

/** Its mean and variance are constants: linear. */
const batch: Rewriting = (site) => {
  if (varying(site).some((input) => input > 0))
    throw refusal(site, 'constant statistics', 'ones that depend on the data')
  return site.copy()
}

/** y_c = x_c d_c^-beta with d_c = bias + alpha / size sum over near channels of x^2, step by step. */
const localResponse: Rewriting = (site) => {
  const { add, node } = site
  const [alpha, beta, bias, size] = ['alpha', 'beta', 'bias', 'size'].map((name) => numberAttribute(node, name))
  const shape = site.shapeOf(0)
  const lines = both(site, 'Reshape', dualInput(site), [site.integers([3], [shape[0]!, shape[1]!, -1])])
  const squares = product(site, lines, lines)
  const weights = site.floats([shape[1]!, shape[1]!], nearChannels(shape[1]!, size!, alpha! / size!))
  const sums = { x: add('MatMul', [weights, squares.x]), b: add('MatMul', [weights, squares.b]) }
  const d = both(site, 'Add', sums, [scalar(site, bias!)])
  const power = (x: ValueName): ValueName => add('Pow', [x, scalar(site, -beta!)])
  const factor = { x: power(d.x), b: power(d.b) }
  const carried = { x: add('Through', [factor.x, chord(site, d, factor, scaleFree, power)]), b: factor.b }
  const y = add('Reshape', [product(site, lines, carried).x, site.integers([shape.length], shape)])
  return [add('Through', [site.copy()[0]!, y])]
}

/** `[channels, channels]`: the weight where the second is within the window of `size` channels around the first, as ONNX places it. */
function nearChannels(channels: number, size: number, weight: number): Float32Array {
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  return Float32Array.from({ length: channels * channels }, (_, i) => {
    const offset = (i % channels) - Math.floor(i / channels)
    return offset >= -before && offset <= after ? weight : 0
  })
}

export const normalizations: Readonly<Record<string, Rewriting>> = {
  LayerNormalization: layer,
  InstanceNormalization: instance,
  GroupNormalization: group,
  BatchNormalization: batch,
  LRN: localResponse
}
