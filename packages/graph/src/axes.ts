import type { Shape, Operands } from './facts.js'
import { badNode } from './errors.js'

/** An axis counted from the front. Throws AGON_BAD_MODEL if it is outside -rank..rank-1. */
export function normalAxis(operands: Operands, axis: number, rank: number): number {
  if (Number.isSafeInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  throw badNode(operands.node, 'axis', { expected: `${-rank} to ${rank - 1}`, found: `${axis}` })
}

/** Several axes counted from the front. Throws AGON_BAD_MODEL if one is out of range or given twice. */
export function normalAxes(operands: Operands, axes: readonly number[], rank: number): readonly number[] {
  const normal = axes.map((axis) => normalAxis(operands, axis, rank))
  if (new Set(normal).size === normal.length) return normal
  throw badNode(operands.node, 'axes', { expected: 'different axes', found: `[${axes.join(',')}]` })
}

/** Row-major strides of a shape. */
export function strides(shape: Shape): number[] {
  const steps = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step
    step *= shape[axis]!
  }
  return steps
}

/** 0, 1, ... length - 1, each times `step`. */
export function range(length: number, step = 1): Int32Array {
  return Int32Array.from({ length }, (_, i) => i * step)
}
