import { identityThreshold } from './criteria.js'
import { defineCheck } from './define-check.js'

/** A control of the machinery: the same model, made anew as for any other check. Every similarity is exactly 1 unless something depends on more than model, input, label and seed. */
export const identity = defineCheck({
  name: 'identity',
  cite: 'Agon, docs/sanity-checks.md',
  criterion: { figure: 'spearman(abs)', threshold: identityThreshold, passes: 'above' },
  defaults: {},
  body: () => ({
    draws: 1,
    steps: () => [{ name: 'nothing', layers: [] }],
    trial: (model) => ({ model: { ...model } })
  })
})
