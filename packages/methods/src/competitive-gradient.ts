import { defineCompetitive } from '@agon/core'
import { gradient } from './gradient.js'

/** Competition among all labels over their gradients. Options: those of `competitive` and of `gradient`. */
export const competitiveGradient = defineCompetitive('competitive-gradient', gradient)
