import { AgonError, type Model } from '@agon/core'
import { changed } from './criteria.js'
import { defineCheck } from './define-check.js'

export interface DataRandomizationOptions {
  /** The net trained on permuted labels, or several of them, one for each draw. */
  readonly model: Model | readonly Model[] | undefined
}

/**
 * Data randomization (Adebayo et al. 2018): the maps of the same inputs by a net of the same kind that was trained on permuted labels, so that it has learnt nothing but
 * its training set by heart. Whoever trains it asserts that it has (above 95 % on the permuted training labels, near chance on others).
 */
export const dataRandomization = defineCheck<DataRandomizationOptions>({
  name: 'data-randomization',
  cite: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, Sanity checks for saliency maps, arXiv 1810.03292',
  criterion: changed,
  defaults: { model: undefined },
  body: ({ model }) => {
    const models = model === undefined ? [] : 'nodes' in model ? [model] : model
    if (models.length === 0) throw noModel()
    return {
      options: { models: models.map(({ name }) => name) },
      draws: models.length,
      steps: () => [{ name: 'permuted labels', layers: [] }],
      trial: (_, __, draw) => ({ model: models[draw]! })
    }
  }
})

function noModel(): AgonError {
  return new AgonError('AGON_BAD_OPTION', {
    what: "option 'model' of data-randomization",
    expected: 'a model trained on permuted labels, or several',
    found: 'none',
    remedy: 'Train one with @agon/train on permuted labels.'
  })
}
