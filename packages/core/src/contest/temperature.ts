import { AgonError } from '../error.js'
import { rowsOf } from '../labels.js'
import type { Contest } from './contest.js'

/** Throws AGON_BAD_OPTION unless it is a number >= 0. */
export function assertTemperature(relative: number): void {
  if (Number.isFinite(relative) && relative >= 0) return
  const what = 'temperature of a soft competition'
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number >= 0', found: String(relative) })
}

/** `relative` times the root mean square of the one map of every example that took part in a contest without rivals. */
export function temperaturesOf({ shape, best }: Contest, relative: number): readonly number[] {
  return rowsOf({ shape, data: best }).map((map) => relative * rootMeanSquare(map))
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}
