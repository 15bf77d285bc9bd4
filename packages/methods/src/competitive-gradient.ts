import { competitive, competitiveDefaults, resolveOptions, type CompetitiveOptions, type Method } from '@agon/core'
import { gradient } from './gradient.js'
import { layerDefaults, type LayerOptions } from './layers/layer.js'

const defaults = { ...competitiveDefaults, ...layerDefaults, name: 'competitive-gradient' }

/** Competition among all labels over their gradients. Options: those of `competitive` and of `gradient`. */
export function competitiveGradient(options?: Partial<CompetitiveOptions & LayerOptions>): Method {
  const { layer, ...competition } = resolveOptions('competitive-gradient', defaults, options)
  return competitive(gradient({ layer }), competition)
}
