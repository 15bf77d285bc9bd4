import { defineCompetitive } from '@agon/core'
import { deepLift } from './deep-lift.js'

/** Competition among all labels over DeepLIFT. Options: those of `competitive` and of `deepLift`. */
export const competitiveDeepLift = defineCompetitive('competitive-deep-lift', deepLift)
