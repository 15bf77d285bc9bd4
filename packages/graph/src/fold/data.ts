import { numberOf } from '../attributes.js'
import { normalAxis } from '../axes.js'
import { badNode, formatShapes } from '../errors.js'
import type { Evaluate, Infer } from '../facts.js'
import { input, optionalConstant, optionalScalar } from '../operands.js'
import { sizeOf } from '@agon/core'
import { likeFirst, needRank } from '../shape/elementwise.js'
import { valuesOf } from './elementwise.js'

/** Running sums along an axis, optionally without the element itself or from the end. */
export const evaluateCumSum: Evaluate = (facts) => {
  const { shape } = input(facts, 0)
  const axis = normalAxis(facts, optionalScalar(facts, 1) ?? NaN, shape.length)
  const [extent, inner] = [shape[axis]!, sizeOf(shape.slice(axis + 1))]
  const [exclusive, reverse] = [numberOf(facts, 'exclusive') !== 0, numberOf(facts, 'reverse') !== 0]
  const values = valuesOf(input(facts, 0))
  const sums = new Float64Array(values.length)
  for (let line = 0; line < values.length / Math.max(1, extent); line++) {
    const start = Math.floor(line / inner) * extent * inner + (line % inner)
    let sum = 0
    for (let i = 0; i < extent; i++) {
      const at = start + (reverse ? extent - 1 - i : i) * inner
      sums[at] = exclusive ? sum : sum + values[at]!
      sum += values[at]!
    }
  }
  return [sums]
}

/** Trilu: matrices along the last two axes. */
export const inferTrilu: Infer = (operands) => {
  needRank(operands, 0, 2)
  optionalScalar(operands, 1)
  return likeFirst(operands)
}

/** The upper or lower triangle of matrices, shifted by k; the rest is 0. */
export const evaluateTrilu: Evaluate = (facts) => {
  const { shape } = input(facts, 0)
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  const shift = optionalScalar(facts, 1) ?? 0
  const upper = numberOf(facts, 'upper') !== 0
  return [
    Float64Array.from(valuesOf(input(facts, 0)), (value, i) => {
      const beyond = (i % columns) - (Math.floor(i / columns) % rows) - shift
      return (upper ? beyond >= 0 : beyond <= 0) ? value : 0
    })
  ]
}

/** DequantizeLinear: (x - zero) * scale, both one number, one per element of an axis, or one per block of it. */
export const inferDequantize: Infer = (operands) => {
  const [{ shape }, scale] = [input(operands, 0), input(operands, 1)]
  const block = numberOf(operands, 'block_size')
  const zero = operands.inputs[2]
  const axis = scale.shape.length === 0 ? 0 : normalAxis(operands, numberOf(operands, 'axis'), shape.length)
  const perAxis = [shape[axis] ?? 1]
  const perBlock = shape.map((extent, at) => (at === axis && block > 0 ? Math.ceil(extent / block) : extent))
  const wanted = scale.shape.length === 0 || sizeOf(scale.shape) === 1 ? scale.shape : block > 0 ? perBlock : perAxis
  const fits = wanted.join() === scale.shape.join() && (zero === undefined || zero.shape.join() === scale.shape.join())
  if (fits) return [{ shape, dtype: 'float32' }]
  const found = formatShapes([scale.shape, ...(zero ? [zero.shape] : [])])
  throw badNode(operands.node, 'scale and zero point', { expected: formatShapes([wanted]), found })
}

export const evaluateDequantize: Evaluate = (facts) => {
  const { shape } = input(facts, 0)
  const [scale, zero] = [valuesOf(input(facts, 1)), optionalConstant(facts, 2)?.data]
  const block = numberOf(facts, 'block_size')
  const one = scale.length === 1
  const axis = one ? 0 : normalAxis(facts, numberOf(facts, 'axis'), shape.length)
  const [extent, inner] = [shape[axis] ?? 1, sizeOf(shape.slice(axis + 1))]
  const blocks = block > 0 ? Math.ceil(extent / block) : extent
  const scaleAt = (i: number): number => {
    if (one) return 0
    const along = Math.floor(i / inner) % extent
    if (block === 0) return along
    return (Math.floor(i / (inner * extent)) * blocks + Math.floor(along / block)) * inner + (i % inner)
  }
  return [Float64Array.from(valuesOf(input(facts, 0)), (x, i) => (x - (zero?.[scaleAt(i)] ?? 0)) * scale[scaleAt(i)]!)]
}

/** ScatterND without reduction: data with slices replaced at index tuples. */
export const inferScatterNd: Infer = (operands) => {
  needRank(operands, 1, 1)
  const [data, indices, updates] = [0, 1, 2].map((i) => input(operands, i))
  const depth = indices!.shape.at(-1) ?? 0
  const wanted = [...indices!.shape.slice(0, -1), ...data!.shape.slice(depth)]
  if (depth <= data!.shape.length && wanted.join() === updates!.shape.join())
    return [{ shape: data!.shape, dtype: data!.dtype }]
  throw badNode(operands.node, 'updates', { expected: formatShapes([wanted]), found: formatShapes([updates!.shape]) })
}

export const evaluateScatterNd: Evaluate = (facts) => {
  const [data, indices, updates] = [0, 1, 2].map((i) => input(facts, i))
  const reduction = facts.attributes['reduction']
  if (reduction !== 'none')
    throw badNode(facts.node, "attribute 'reduction'", { expected: "'none'", found: `'${String(reduction)}'` })
  const result = Float64Array.from(valuesOf(data!))
  const depth = indices!.shape.at(-1)!
  const [axes, slice] = [data!.shape.slice(0, depth), sizeOf(data!.shape.slice(depth))]
  const places = sizeOf(indices!.shape.slice(0, -1))
  for (let u = 0; u < places; u++) {
    const at = axes.reduce((flat, extent, axis) => {
      const index = valuesOf(indices!)[u * depth + axis]!
      const normal = index < 0 ? index + extent : index
      if (normal >= 0 && normal < extent) return flat * extent + normal
      throw badNode(facts.node, 'indices', { expected: `${-extent} to ${extent - 1}`, found: `${index}` })
    }, 0)
    for (let i = 0; i < slice; i++) result[at * slice + i] = valuesOf(updates!)[u * slice + i]!
  }
  return [result]
}
