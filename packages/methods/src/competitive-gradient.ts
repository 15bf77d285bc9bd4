import { defineCompetitive } from '@agon/core'
import { gradient } from './gradient.js'

/** Competition among all labels over their gradients. Options: see `competitive`. */
export const competitiveGradient = defineCompetitive('competitive-gradient', gradient)
