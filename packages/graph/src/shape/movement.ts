import { numberOf, optionalNumber, optionalNumbers } from '../attributes.js'
import { normalAxes, normalAxis } from '../axes.js'
import { badNode, formatShapes } from '../errors.js'
import type { Infer, Operands, Shape } from '../facts.js'
import { input, integers, optionalIntegers } from '../operands.js'
import { broadcastShape } from './broadcast.js'
import { needRank } from './elementwise.js'

export const inferConcat: Infer = (operands) => {
  const inputs = operands.inputs.map((_, i) => input(operands, i))
  const { shape, dtype } = input(operands, 0)
  const axis = normalAxis(operands, numberOf(operands, 'axis'), shape.length)
  const agree = inputs.every(
    (operand) =>
      operand.dtype === dtype &&
      operand.shape.length === shape.length &&
      operand.shape.every((extent, at) => at === axis || extent === shape[at])
  )
  if (!agree) {
    const found = formatShapes(inputs.map((operand) => operand.shape))
    throw badNode(operands.node, 'inputs', { expected: `equal dtypes and extents except on axis ${axis}`, found })
  }
  const total = inputs.reduce((sum, operand) => sum + operand.shape[axis]!, 0)
  return [{ shape: shape.map((extent, at) => (at === axis ? total : extent)), dtype }]
}

/** The extents of Split's parts: given, or num_outputs equal ones with a smaller last, or equal ones. */
export function splitSizes(operands: Operands): readonly number[] {
  const { shape } = input(operands, 0)
  const extent = shape[normalAxis(operands, numberOf(operands, 'axis'), shape.length)]!
  const count = operands.node.outputs.length
  const parts = optionalNumber(operands, 'num_outputs') ?? count
  if (parts !== count) throw badNode(operands.node, 'outputs', { expected: `${parts} of them`, found: `${count}` })
  const size = Math.ceil(extent / parts)
  const sizes =
    optionalIntegers(operands, 1) ??
    Array.from({ length: parts }, (_, i) => (i < parts - 1 ? size : extent - size * (parts - 1)))
  const whole = sizes.every((part) => Number.isSafeInteger(part) && part >= 0)
  if (whole && sizes.length === count && sizes.reduce((sum, part) => sum + part, 0) === extent) return sizes
  throw badNode(operands.node, 'parts', { expected: `${count} parts of ${extent}`, found: `[${sizes.join(',')}]` })
}

export const inferSplit: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const axis = normalAxis(operands, numberOf(operands, 'axis'), shape.length)
  return splitSizes(operands).map((size) => ({
    shape: shape.map((extent, at) => (at === axis ? size : extent)),
    dtype
  }))
}

/** Where Slice starts on each axis, in which steps, and how many elements it takes. */
export function sliceRanges(operands: Operands): readonly { start: number; step: number; count: number }[] {
  const { shape } = input(operands, 0)
  const [starts, ends] = [integers(operands, 1), integers(operands, 2)]
  const axes = normalAxes(operands, optionalIntegers(operands, 3) ?? starts.map((_, axis) => axis), shape.length)
  const steps = optionalIntegers(operands, 4) ?? starts.map(() => 1)
  if ([ends, axes, steps].some(({ length }) => length !== starts.length) || steps.includes(0)) {
    const found = [starts, ends, axes, steps].map((list) => `[${list.join(',')}]`).join(' ')
    throw badNode(operands.node, 'starts, ends, axes, steps', {
      expected: 'equal lengths and steps other than 0',
      found
    })
  }
  return shape.map((extent, axis) => {
    const i = axes.indexOf(axis)
    return i < 0 ? { start: 0, step: 1, count: extent } : sliceRange(extent, starts[i]!, ends[i]!, steps[i]!)
  })
}

/** Counting backwards, the start is brought into 0..extent-1 and the end into -1..extent-1: [:-9:-1] still takes element 0. */
function sliceRange(extent: number, from: number, to: number, step: number) {
  const most = step > 0 ? extent : extent - 1
  const clamp = (at: number, least: number) => Math.min(Math.max(at < 0 ? at + extent : at, least), most)
  const start = clamp(from, 0)
  const end = clamp(to, step > 0 ? 0 : -1)
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) }
}

export const inferSlice: Infer = (operands) => [
  { shape: sliceRanges(operands).map(({ count }) => count), dtype: input(operands, 0).dtype }
]

/** Axis i of the result is axis perm[i] of the input; reversed if nothing is said. */
export function permutation(operands: Operands): readonly number[] {
  const rank = input(operands, 0).shape.length
  const perm = optionalNumbers(operands, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  if (perm.length === rank) return normalAxes(operands, perm, rank)
  throw badNode(operands.node, "attribute 'perm'", { expected: `${rank} axes`, found: `[${perm.join(',')}]` })
}

export const inferTranspose: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  return [{ shape: permutation(operands).map((axis) => shape[axis]!), dtype }]
}

export const inferExpand: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  return [{ shape: broadcastShape(operands, [shape, needExtents(operands, integers(operands, 1))]), dtype }]
}

export const inferTile: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const repeats = needExtents(operands, integers(operands, 1))
  if (repeats.length === shape.length) return [{ shape: shape.map((extent, axis) => extent * repeats[axis]!), dtype }]
  throw badNode(operands.node, 'repeats', { expected: `${shape.length} of them`, found: `${repeats.length}` })
}

export const inferGather: Infer = (operands) => {
  const [data, indices] = [input(operands, 0), input(operands, 1)]
  needRank(operands, 0, 1)
  const axis = normalAxis(operands, numberOf(operands, 'axis'), data.shape.length)
  return [{ shape: [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)], dtype: data.dtype }]
}

export const inferDepthToSpace: Infer = (operands) => {
  const { shape, dtype, block } = blockFacts(operands)
  const [n, c, h, w] = shape as [number, number, number, number]
  if (c % block ** 2 === 0) return [{ shape: [n, c / block ** 2, h * block, w * block], dtype }]
  throw badNode(operands.node, 'channels', { expected: `a multiple of ${block ** 2}`, found: `${c}` })
}

export const inferSpaceToDepth: Infer = (operands) => {
  const { shape, dtype, block } = blockFacts(operands)
  const [n, c, h, w] = shape as [number, number, number, number]
  if (h % block === 0 && w % block === 0) return [{ shape: [n, c * block ** 2, h / block, w / block], dtype }]
  throw badNode(operands.node, 'height and width', { expected: `multiples of ${block}`, found: `${h} and ${w}` })
}

function blockFacts(operands: Operands) {
  const { shape, dtype } = input(operands, 0)
  const block = numberOf(operands, 'blocksize')
  if (shape.length === 4 && Number.isSafeInteger(block) && block >= 1) return { shape, dtype, block }
  throw badNode(operands.node, 'input and blocksize', {
    expected: 'rank 4 and a block >= 1',
    found: `rank ${shape.length} and ${block}`
  })
}

/** Extents that a constant input gives. Throws AGON_BAD_MODEL if one is negative. */
export function needExtents(operands: Operands, extents: readonly number[]): Shape {
  if (extents.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) return extents
  throw badNode(operands.node, 'extents', { expected: 'whole numbers >= 0', found: `[${extents.join(',')}]` })
}
