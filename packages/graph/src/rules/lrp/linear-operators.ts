import type { Constant, ValueName } from '@agon/core'
import { numberAttribute } from '../../node-attributes.js'
import type { Site } from '../site.js'
import type { Branch, LinearForm, WeightPart } from './linear-form.js'

/** Gives the linear form of a node; undefined where it is not linear (a product of two values that depend on the input). */
type FormOf = (site: Site) => LinearForm | undefined

/** Conv and ConvTranspose: constant weights, one bias per channel. */
const convolution: FormOf = (site) => {
  const weights = site.constantOf(1)
  if (weights === undefined) return undefined
  const bias = site.constantOf(2)
  if (bias === undefined && site.node.inputs[2]) return undefined
  const rank = site.outputShape().length
  return {
    branches: [weighed(site, 0, 1, weights, (x, w) => site.copy([x, w])[0]!)],
    ...(bias && { bias: site.floats(perChannel(bias.data.length, rank), bias.data) })
  }
}

/** Gemm and MatMul, where one factor is constant; alpha is counted to the weights, beta to the bias. */
const product: FormOf = (site) => {
  const side = [0, 1].find((input) => site.constantOf(input) !== undefined)
  if (side === undefined) return undefined
  const isGemm = site.node.op === 'Gemm'
  const [alpha, beta] = isGemm ? [numberAttribute(site.node, 'alpha'), numberAttribute(site.node, 'beta')] : [1, 1]
  const c = site.constantOf(2)
  if (c === undefined && site.node.inputs[2]) return undefined
  const weights = scaled(site.constantOf(side)!, alpha)
  const attributes = isGemm ? { ...site.node.attributes, alpha: 1 } : site.node.attributes
  const apply = (x: ValueName, w: ValueName) => site.copy(side === 0 ? [w, x] : [x, w], attributes)[0]!
  return {
    branches: [weighed(site, 1 - side, alpha === 1 ? side : undefined, weights, apply)],
    ...(c && {
      bias: site.floats(
        c.shape,
        Array.from(c.data, (value) => beta * value)
      )
    })
  }
}

/** Mul and Div by a constant. */
const scaling: FormOf = (site) => {
  const side = [1, 0].find((input) => site.constantOf(input) !== undefined)
  if (side === undefined || (site.node.op === 'Div' && side === 0)) return undefined
  const constant = site.constantOf(side)!
  const factors = site.node.op === 'Div' ? mapped(constant, (value) => 1 / value) : constant
  return { branches: [weighed(site, 1 - side, undefined, factors, (x, w) => site.add('Mul', [x, w]))] }
}

/** y = x scale / sqrt(variance + epsilon) + rest, per channel. */
const batchNormalization: FormOf = (site) => {
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((input) => site.constantOf(input)?.data)
  if (!scale || !shift || !mean || !variance) return undefined
  const epsilon = numberAttribute(site.node, 'epsilon')
  const factor = Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + epsilon))
  const shape = perChannel(factor.length, site.outputShape().length)
  const weights = { dtype: 'float32', shape, data: Float32Array.from(factor) } as const
  return {
    branches: [weighed(site, 0, undefined, weights, (x, w) => site.add('Mul', [x, w]))],
    bias: site.floats(
      shape,
      factor.map((value, c) => shift[c]! - mean[c]! * value)
    )
  }
}

/** Sums and differences: constants are the bias. */
const sum: FormOf = (site) => {
  const isDifference = site.node.op === 'Sub'
  const terms = site.node.inputs.map((x, input) => ({ x, input, sign: isDifference && input === 1 ? -1 : 1 }))
  const constants = terms.filter(({ input }) => site.constantOf(input) !== undefined)
  const bias = constants.map(({ x, sign }) => (sign === 1 ? x : site.add('Neg', [x])))
  const branches = terms
    .filter((term) => !constants.includes(term))
    .map(({ sign, input, x }) => plain(site, input, x, sign))
  return {
    branches,
    ...(bias.length > 0 && { bias: bias.reduce((a, b) => site.add('Add', [a, b])) })
  }
}

/** Averages and sums over windows or axes: weights of one size and positive. */
const average: FormOf = (site) => {
  const rest = site.node.inputs.slice(1)
  return {
    branches: [
      {
        x: site.node.inputs[0]!,
        input: 0,
        apply: (part, x) => timesNumber(site, site.copy([x, ...rest])[0]!, part.of(1))
      }
    ]
  }
}

/** The operators that LRP's rules for linear layers go for. */
export const linearOperators: Readonly<Record<string, FormOf>> = {
  Conv: convolution,
  ConvTranspose: convolution,
  Gemm: product,
  MatMul: product,
  Mul: scaling,
  Div: scaling,
  BatchNormalization: batchNormalization,
  Add: sum,
  Sub: sum,
  Sum: sum,
  AveragePool: average,
  GlobalAveragePool: average,
  ReduceMean: average,
  ReduceSum: average
}

/** A branch with weights of its own; `given` is the input that holds them as they are. */
function weighed(
  site: Site,
  input: number,
  given: number | undefined,
  weights: Constant,
  apply: (x: ValueName, weights: ValueName) => ValueName
): Branch {
  const made = new Map<string, ValueName | undefined>()
  const make = ({ key, of }: WeightPart): ValueName | undefined => {
    if (key === 'all' && given !== undefined) return site.node.inputs[given]!
    const data = mapped(weights, of).data
    return data.every((value) => value === 0) ? undefined : site.floats(weights.shape, data)
  }
  return {
    x: site.node.inputs[input]!,
    input,
    apply(part, x) {
      if (!made.has(part.key)) made.set(part.key, make(part))
      const own = made.get(part.key)
      return own === undefined ? undefined : apply(x, own)
    }
  }
}

/** A branch whose only weight is 1 or -1. The output may be wider than x: it is broadcast. */
function plain(site: Site, input: number, x: ValueName, sign: number): Branch {
  return {
    x,
    input,
    apply(part, value) {
      const scaled = timesNumber(site, value, part.of(sign))
      const wider = site.shapeOf(input).join() !== site.outputShape().join()
      return scaled && wider ? site.add('Add', [scaled, zeros(site)]) : scaled
    }
  }
}

function zeros(site: Site): ValueName {
  const shape = site.outputShape()
  return site.floats(shape, new Float32Array(shape.reduce((size, extent) => size * extent, 1)))
}

function timesNumber(site: Site, x: ValueName, factor: number): ValueName | undefined {
  if (factor === 0) return undefined
  return factor === 1 ? x : site.add('Mul', [x, site.floats([], [factor])])
}

function perChannel(channels: number, rank: number): readonly number[] {
  return [channels, ...Array.from({ length: rank - 2 }, () => 1)]
}

function mapped({ shape, data }: Constant, of: (value: number) => number): Constant {
  return { dtype: 'float32', shape, data: Float32Array.from(data, of) }
}

function scaled(constant: Constant, factor: number): Constant {
  return factor === 1 ? constant : mapped(constant, (value) => factor * value)
}
