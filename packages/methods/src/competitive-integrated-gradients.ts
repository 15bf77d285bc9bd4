import { competitive, competitiveDefaults, resolveOptions, type CompetitiveOptions, type Method } from '@agon/core'
import {
  integratedGradients,
  integratedGradientsDefaults,
  type IntegratedGradientsOptions
} from './integrated-gradients.js'

const defaults = { ...competitiveDefaults, ...integratedGradientsDefaults, name: 'competitive-integrated-gradients' }

/** Competition among all labels over their integrated gradients. Options: those of `competitive` and of `integratedGradients`. */
export function competitiveIntegratedGradients(
  options?: Partial<CompetitiveOptions & IntegratedGradientsOptions>
): Method {
  const all = resolveOptions('competitive-integrated-gradients', defaults, options)
  const { steps, quadrature, baseline, multiplier, ...competition } = all
  return competitive(integratedGradients({ steps, quadrature, baseline, multiplier }), competition)
}
