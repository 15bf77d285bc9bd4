import { defineCompetitive } from '@agon/core'
import { shapleySampling } from './shapley-sampling.js'

/**
 * Competition among all labels over their Shapley values, for the forward passes of one label. Gupta & Arora 2019 take Shapley values by DASP (Ancona, Oztireli & Gross 2019, arXiv
 * 1903.10992); here they come from sampled orders, see `shapleySampling`. Options: those of `competitive` and of `shapleySampling`.
 */
export const competitiveShapley = defineCompetitive('competitive-shapley', shapleySampling)
