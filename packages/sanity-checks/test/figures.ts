import { keptShare, spearman } from '@agon/core'
import type { NamedFigure } from '../src/index.js'

/** Figures as they are compared here. */
export const signed: NamedFigure = { name: 'spearman', compare: spearman }
export const absolute: NamedFigure = {
  name: 'spearman(abs)',
  compare: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs))
}
export const kept: NamedFigure = { name: 'kept', compare: (_, after) => keptShare(after) }
export const both = { figures: [signed, absolute] }

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
