import { competitive, competitiveDefaults, resolveOptions, type CompetitiveOptions, type Method } from '@agon/core'
import { gradientTimesInput } from './gradient-times-input.js'
import { layerDefaults, type LayerOptions } from './layers/layer.js'

const defaults = { ...competitiveDefaults, ...layerDefaults, name: 'cgi' }

/**
 * CGI, Competitive Gradient (.) Input (Gupta & Arora 2019, arXiv 1905.12152): competition among all labels over their
 * gradient (.) input maps. Options: those of `competitive` and of `gradientTimesInput`.
 */
export function cgi(options?: Partial<CompetitiveOptions & LayerOptions>): Method {
  const { layer, ...competition } = resolveOptions('cgi', defaults, options)
  return competitive(gradientTimesInput({ layer }), competition)
}
