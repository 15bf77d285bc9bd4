import { choiceOf, numberOf, optionalNumbers } from '../attributes.js'
import { normalAxes } from '../axes.js'
import { badNode, unsupportedNode } from '../errors.js'
import type { Infer, Operands } from '../facts.js'
import { input, optionalConstant, optionalIntegers } from '../operands.js'

/** How one axis is resized. `scale` is what coordinates are computed with: as given, or from the sizes. */
export interface Resized {
  readonly in: number
  readonly out: number
  readonly scale: number
}

export const coordinateModes = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize'
] as const
export const resizeModes = ['nearest', 'linear', 'cubic'] as const
const policies = ['stretch', 'not_larger', 'not_smaller'] as const

/** One entry per axis of the input, by `scales` (input 2) or `sizes` (input 3); axes that are not named stay. */
export function resizedAxes(operands: Operands): readonly Resized[] {
  const { shape } = input(operands, 0)
  refuseExotic(operands)
  const named = optionalNumbers(operands, 'axes') ?? shape.map((_, axis) => axis)
  const axes = normalAxes(operands, named, shape.length)
  const scales = optionalConstant(operands, 2)?.data
  const sizes = optionalIntegers(operands, 3)
  const byScale = scales !== undefined && scales.length > 0
  const given = byScale ? Array.from(scales) : (sizes ?? [])
  if (
    given.length !== axes.length ||
    (byScale && sizes !== undefined && sizes.length > 0) ||
    !given.every((x) => x > 0)
  ) {
    throw badNode(operands.node, 'scales or sizes', {
      expected: `${axes.length} positive numbers of one of them`,
      found: `[${given.join(',')}]`
    })
  }
  const extents = axes.map((axis) => shape[axis]!)
  const resized = byScale ? scaledBy(extents, given) : sizedTo(operands, extents, given)
  const all = shape.map((extent, axis) => resized[axes.indexOf(axis)] ?? { in: extent, out: extent, scale: 1 })
  // A scale whose effect is lost in rounding down changes nothing at all, in onnxruntime and PyTorch alike.
  return all.every((axis) => axis.in === axis.out) ? all.map((axis) => ({ ...axis, scale: 1 })) : all
}

/** floor(extent * scale), the product in float32 as it is in other runtimes: 10 * 0.7 is 7. */
function scaledBy(extents: readonly number[], scales: readonly number[]): readonly Resized[] {
  return extents.map((extent, i) => ({
    in: extent,
    out: Math.floor(Math.fround(extent * Math.fround(scales[i]!))),
    scale: Math.fround(scales[i]!)
  }))
}

function sizedTo(operands: Operands, extents: readonly number[], sizes: readonly number[]): readonly Resized[] {
  const policy = choiceOf(operands, 'keep_aspect_ratio_policy', policies)
  const scales = extents.map((extent, i) => sizes[i]! / extent)
  if (policy === 'stretch') return extents.map((extent, i) => ({ in: extent, out: sizes[i]!, scale: scales[i]! }))
  const scale = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales)
  return extents.map((extent) => ({ in: extent, out: Math.floor(extent * scale + 0.5), scale }))
}

function refuseExotic(operands: Operands): void {
  const remedy = 'Export the model with another resize mode.'
  if (choiceOf(operands, 'coordinate_transformation_mode', coordinateModes) === 'tf_crop_and_resize') {
    throw unsupportedNode(operands.node, 'coordinate_transformation_mode', { found: "'tf_crop_and_resize'", remedy })
  }
  if (numberOf(operands, 'antialias') !== 0 && choiceOf(operands, 'mode', resizeModes) !== 'nearest') {
    throw unsupportedNode(operands.node, "attribute 'antialias'", { expected: '0', found: '1', remedy })
  }
}

export const inferResize: Infer = (operands) => {
  choiceOf(operands, 'mode', resizeModes)
  const shape = resizedAxes(operands).map(({ out }) => out)
  if (shape.every((extent) => extent >= 1)) return [{ shape, dtype: input(operands, 0).dtype }]
  throw badNode(operands.node, 'output', { expected: 'extents >= 1', found: `[${shape.join(',')}]` })
}
