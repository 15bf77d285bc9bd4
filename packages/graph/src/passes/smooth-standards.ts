import type { ValueName } from '@agon/core'
import { choiceOf, numberOf, optionalNumber, optionalNumbers } from '../attributes.js'
import type { Operands, Shape } from '../facts.js'
import { autoPads, listOf, slides } from '../shape/slides.js'
import type { Steps } from './expand.js'

/** Says which operators of ONNX compute what an operator of our own does; `extents` gives the shape of its first input, or refuses. */
export type Standard = (operands: Operands, steps: Steps, extents: () => Shape) => void

/** Lower than any activation, and far enough from the end of float32 to be subtracted from. */
const lowest = -1e38

/** Beyond this many units of 1 / beta from both bounds a Softclip is flat to the last bit of float32. */
const reach = 40

/** min + softplus(x - min) - softplus(x - max), where x is first kept near the bounds, so that large ones do not cancel. */
export const standardSoftclip: Standard = (operands, steps) => {
  const { add } = steps
  const scalar = scalarsOf(steps)
  const x = operands.node.inputs[0]!
  const [beta, min, max] = [
    numberOf(operands, 'beta'),
    optionalNumber(operands, 'min'),
    optionalNumber(operands, 'max')
  ]
  const softplus = (z: ValueName): ValueName =>
    add('Div', [add('Softplus', [add('Mul', [z, scalar(beta)])]), scalar(beta)])
  const above = (z: ValueName, bound: number): ValueName => (bound === 0 ? z : add('Sub', [z, scalar(bound)]))
  if (min !== undefined && max !== undefined) {
    const near = add('Clip', [x, scalar(min - reach / beta), scalar(max + reach / beta)])
    const inside = add('Sub', [softplus(above(near, min)), softplus(above(near, max))])
    if (min !== 0) add('Add', [inside, scalar(min)])
  } else if (min !== undefined) {
    const inside = softplus(above(x, min))
    if (min !== 0) add('Add', [inside, scalar(min)])
  } else if (max !== undefined) {
    add('Sub', [scalar(max), softplus(max === 0 ? add('Neg', [x]) : add('Sub', [scalar(max), x]))])
  } else {
    add('Identity', [x])
  }
}

/**
 * One spatial axis after the other, as the exponentials of a window add up axis by axis (and means too: all windows of an axis have
 * as many elements whatever the other axis): the taps side by side in a new last axis, then m + log(sum e^(t (x - m))) / t, m their maximum.
 */
export const standardLogSumExpPool: Standard = (operands, steps, extents) => {
  const { add, constant } = steps
  const whole = (values: readonly number[]): ValueName => constant('int64', [values.length], values)
  const axes = paddedAxes(operands, extents)
  const t = numberOf(operands, 'temperature')
  const mean = numberOf(operands, 'mean') !== 0
  let x = add('Unsqueeze', [operands.node.inputs[0]!, whole([-1])])
  axes.forEach(({ kernel, stride, dilation, begin, end }, i) => {
    const axis = 2 + i
    const padding = begin + end > 0
    if (padding) x = add('Pad', [x, whole([begin, end]), constant('float32', [], [lowest]), whole([axis])])
    const taps = Array.from({ length: kernel }, (_, tap) => {
      const left = (kernel - 1 - tap) * dilation
      const ends = left === 0 ? toTheEnd : -left
      return add('Slice', [x, whole([tap * dilation]), whole([ends]), whole([axis]), whole([stride])])
    })
    if (taps.length === 1) x = taps[0]!
    else x = logSumExp(steps, add('Concat', taps, { axis: -1 }), t, mean ? (padding ? 'real' : kernel) : undefined)
  })
  add('Squeeze', [x, whole([-1])])
}

const toTheEnd = 2 ** 31 - 1

/** With m the maximum of each plane: m + log(mean e^(t (x - m))) / t, plus log(elements of a plane) / t for the sum. */
export const standardGlobalLogSumExpPool: Standard = (operands, steps, extents) => {
  const { add } = steps
  const scalar = scalarsOf(steps)
  const x = operands.node.inputs[0]!
  const t = numberOf(operands, 'temperature')
  const most = add('GlobalMaxPool', [x])
  const powers = add('Exp', [add('Mul', [add('Sub', [x, most]), scalar(t)])])
  const soft = add('Div', [add('Log', [add('GlobalAveragePool', [powers])]), scalar(t)])
  const ofMean = add('Add', [most, soft])
  if (numberOf(operands, 'mean') !== 0) return
  const count = extents()
    .slice(2)
    .reduce((product, extent) => product * extent, 1)
  add('Add', [ofMean, scalar(Math.log(count) / t)])
}

/** Over the last axis, which keeps extent 1. `mean`: divides by so many, or by the number of elements that are not padding. */
function logSumExp(steps: Steps, x: ValueName, t: number, mean: number | 'real' | undefined): ValueName {
  const { add, constant } = steps
  const scalar = scalarsOf(steps)
  const last = constant('int64', [1], [-1])
  const most = add('ReduceMax', [x, last])
  const powers = add('Exp', [add('Mul', [add('Sub', [x, most]), scalar(t)])])
  const sum = add('ReduceSum', [powers, last])
  const part = mean === undefined ? sum : add('Div', [sum, mean === 'real' ? realOf(steps, x, last) : scalar(mean)])
  return add('Add', [most, add('Div', [add('Log', [part]), scalar(t)])])
}

/** How many elements of the last axis are not padding. */
function realOf({ add, constant }: Steps, x: ValueName, last: ValueName): ValueName {
  const real = add('Cast', [add('Greater', [x, constant('float32', [], [lowest / 2])])], { to: 1 })
  return add('ReduceSum', [real, last])
}

const scalarsOf =
  ({ constant }: Steps) =>
  (value: number): ValueName =>
    constant('float32', [], [value])

interface PaddedAxis {
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** So much padding that the windows that fit are the windows of the pooling. */
  readonly begin: number
  readonly end: number
}

/** Extents must be known only where auto_pad or ceil_mode depends on them. */
function paddedAxes(operands: Operands, extents: () => Shape): readonly PaddedAxis[] {
  const kernel = optionalNumbers(operands, 'kernel_shape')!
  const rank = kernel.length
  const autoPad = choiceOf(operands, 'auto_pad', autoPads)
  if (autoPad.startsWith('SAME') || numberOf(operands, 'ceil_mode') !== 0) {
    return slides(operands, extents().slice(2), kernel).map((slide) => ({
      ...slide,
      end: Math.max(
        0,
        (slide.out - 1) * slide.stride + (slide.kernel - 1) * slide.dilation + 1 - slide.in - slide.begin
      )
    }))
  }
  const pads = autoPad === 'VALID' ? new Array<number>(2 * rank).fill(0) : listOf(operands, 'pads', 2 * rank, 0, 0)
  const strides = listOf(operands, 'strides', rank, 1, 1)
  const dilations = listOf(operands, 'dilations', rank, 1, 1)
  return kernel.map((size, i) => ({
    kernel: size,
    stride: strides[i]!,
    dilation: dilations[i]!,
    begin: pads[i]!,
    end: pads[i + rank]!
  }))
}
