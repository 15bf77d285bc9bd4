import { competitive, competitiveDefaults, resolveOptions, type CompetitiveOptions, type Method } from '@agon/core'
import { deepLift, deepLiftDefaults, type DeepLiftOptions } from './deep-lift.js'

const defaults = { ...competitiveDefaults, ...deepLiftDefaults, name: 'competitive-deep-lift' }

/** Competition among all labels over DeepLIFT. Options: those of `competitive` and of `deepLift`. */
export function competitiveDeepLift(options?: Partial<CompetitiveOptions & DeepLiftOptions>): Method {
  const { rule, baseline, multiplier, layer, ...competition } = resolveOptions(
    'competitive-deep-lift',
    defaults,
    options
  )
  return competitive(deepLift({ rule, baseline, multiplier, ...(layer !== undefined && { layer }) }), competition)
}
