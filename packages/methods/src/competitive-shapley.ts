import { competitive, competitiveDefaults, resolveOptions, type CompetitiveOptions, type Method } from '@agon/core'
import { shapleySampling, shapleySamplingDefaults, type ShapleySamplingOptions } from './shapley-sampling.js'

const defaults = { ...competitiveDefaults, ...shapleySamplingDefaults, name: 'competitive-shapley' }

/**
 * Competition among all labels over their Shapley values, for the forward passes of one label. Gupta & Arora 2019 take Shapley values by DASP (Ancona, Oztireli & Gross 2019, arXiv
 * 1903.10992); here they come from sampled orders, see `shapleySampling`. Options: those of `competitive` and of `shapleySampling`.
 */
export function competitiveShapley(options?: Partial<CompetitiveOptions & ShapleySamplingOptions>): Method {
  const { granularity, channelAxis, ties, name, ...own } = resolveOptions('competitive-shapley', defaults, options)
  return competitive(shapleySampling(own), { granularity, channelAxis, ties, name })
}
