import { defineCompetitive } from '@agon/core'
import { integratedGradients } from './integrated-gradients.js'

/** Competition among all labels over their integrated gradients. Options: those of `competitive` and of `integratedGradients`. */
export const competitiveIntegratedGradients = defineCompetitive('competitive-integrated-gradients', integratedGradients)
