import { keptShare, spearman } from '@agon/core'
import type { RunCheckOptions } from '../src/index.js'

export type BareFigure = RunCheckOptions['figures'][number]

/** Figures as they are compared here. */
export const signed: BareFigure = { name: 'spearman', compare: spearman }
export const absolute: BareFigure = {
  name: 'spearman(abs)',
  compare: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs))
}
export const kept: BareFigure = { name: 'kept', compare: (_, after) => keptShare(after) }
export const both = { figures: [signed, absolute] }

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
