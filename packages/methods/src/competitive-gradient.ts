import { competitive, type CompetitiveOptions, type Method } from '@agon/core'
import { gradient } from './gradient.js'

/** Competition among all labels over their gradients. Options: see `competitive`. */
export const competitiveGradient = (options?: Partial<CompetitiveOptions>): Method =>
  competitive(gradient(), { ...options, name: options?.name ?? 'competitive-gradient' })
