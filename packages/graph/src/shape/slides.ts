import { choiceOf, optionalNumber, optionalNumbers } from '../attributes.js'
import { badNode } from '../errors.js'
import type { Operands, Shape } from '../facts.js'

/** How a window slides along one axis. `begin` and `end` are the padding; `in` and `out` the extents. */
export interface Slide {
  readonly in: number
  readonly out: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly begin: number
  readonly end: number
}

export const autoPads = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const

/** One slide per spatial axis of a convolution or a pooling over `spatial`, by ONNX's formulas for auto_pad and ceil_mode. */
export function slides(operands: Operands, spatial: Shape, kernel: Shape): readonly Slide[] {
  const { strides, dilations, pads, autoPad } = windowAttributes(operands, spatial.length)
  const ceil = optionalNumber(operands, 'ceil_mode') === 1
  return spatial.map((extent, axis) => {
    const [stride, dilation] = [strides[axis]!, dilations[axis]!]
    const window = (kernel[axis]! - 1) * dilation + 1
    const [begin, end] =
      autoPad === 'NOTSET' ? [pads[axis]!, pads[axis + spatial.length]!] : autoPadding(autoPad, extent, stride, window)
    const steps = (extent + begin + end - window) / stride
    let out = (ceil && autoPad === 'NOTSET' ? Math.ceil(steps) : Math.floor(steps)) + 1
    // A window may not start in the padding at the end.
    if (ceil && (out - 1) * stride >= extent + begin) out -= 1
    if (out >= 1 && steps >= 0) return { in: extent, out, kernel: kernel[axis]!, stride, dilation, begin, end }
    throw badNode(operands.node, `window on axis ${axis + 2}`, {
      expected: `at most ${extent + begin + end} (the padded extent)`,
      found: `${window}`
    })
  })
}

/** The slides of the convolution that a ConvTranspose transposes: `in` is its output extent and `out` its input extent. */
export function transposedSlides(operands: Operands, spatial: Shape, kernel: Shape): readonly Slide[] {
  const rank = spatial.length
  const { strides, dilations, pads, autoPad } = windowAttributes(operands, rank)
  const extra = listOf(operands, 'output_padding', rank, 0, 0)
  const asked = optionalNumbers(operands, 'output_shape')?.slice(-rank)
  const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER'
  return spatial.map((extent, axis) => {
    const [stride, dilation] = [strides[axis]!, dilations[axis]!]
    const full = stride * (extent - 1) + extra[axis]! + (kernel[axis]! - 1) * dilation + 1
    const target = asked?.[axis] ?? (same ? extent * stride : undefined)
    const stated = target === undefined
    const [begin, end] = stated ? [pads[axis]!, pads[axis + rank]!] : croppedEnds(full - target, autoPad)
    const size = full - begin - end
    if (size >= 1 && begin >= 0) return { in: size, out: extent, kernel: kernel[axis]!, stride, dilation, begin, end }
    // Beyond what the kernel reaches, runtimes disagree about the extent.
    throw badNode(operands.node, `output on axis ${axis + 2}`, {
      expected: `an extent of 1 to ${full}`,
      found: `${size}`
    })
  })
}

/** The odd element goes to the end for SAME_UPPER, to the beginning otherwise; [-1, ...] if there is nothing to crop. */
function croppedEnds(total: number, autoPad: string): readonly [number, number] {
  const begin = autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)
  return total < 0 ? [Math.min(begin, -1), total - Math.min(begin, -1)] : [begin, total - begin]
}

function autoPadding(autoPad: string, extent: number, stride: number, window: number): readonly [number, number] {
  if (autoPad === 'VALID') return [0, 0]
  const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + window - extent)
  const less = Math.floor(total / 2)
  return autoPad === 'SAME_UPPER' ? [less, total - less] : [total - less, less]
}

function windowAttributes(operands: Operands, rank: number) {
  return {
    strides: listOf(operands, 'strides', rank, 1, 1),
    dilations: listOf(operands, 'dilations', rank, 1, 1),
    pads: listOf(operands, 'pads', 2 * rank, 0, 0),
    autoPad: choiceOf(operands, 'auto_pad', autoPads)
  }
}

/** A list attribute of exactly `length` whole numbers >= `least`, or `length` times `otherwise` if it is absent. */
export function listOf(operands: Operands, name: string, length: number, least: number, otherwise: number): Shape {
  const list = optionalNumbers(operands, name)
  if (list === undefined || list.length === 0) return new Array<number>(length).fill(otherwise)
  if (list.length === length && list.every((value) => Number.isSafeInteger(value) && value >= least)) return list
  throw badNode(operands.node, `attribute '${name}'`, {
    expected: `${length} whole numbers >= ${least}`,
    found: `[${list.join(',')}]`
  })
}
