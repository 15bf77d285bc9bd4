import { AgonError, type Registry, type Similarity } from '@agon/core'
import { normalisations, type Normalisation } from './normalisations.js'
import { similarities } from './similarities.js'

/**
 * The figure of a text such as `spearman`, `spearman(abs)` or `ssim-gaussian(abs,clip-99)`: a similarity of maps after the normalisations in brackets, applied to each
 * map from left to right. Its name is the text without spaces and without `none`. `known` holds the similarities of plugins as well. Throws AGON_BAD_OPTION for a
 * text of another form, AGON_UNKNOWN_NAME, listing what is known, for a similarity or a normalisation that does not exist.
 */
export function parseFigure(text: string, known: Registry<Similarity> = similarities): Similarity {
  const [, name, list] = /^([^(),]+)(?:\(([^()]*)\))?$/.exec(text.replace(/\s/g, '')) ?? []
  if (name === undefined) {
    const [expected, found] = ['a similarity, and in brackets its normalisations: spearman(abs)', `'${text}'`]
    throw new AgonError('AGON_BAD_OPTION', { what: 'figure', expected, found })
  }
  const similarity = known.get(name)
  const steps = (list?.split(',') ?? []).map((step) => normalisations.get(step)).filter((step) => step.name !== 'none')
  return steps.length === 0 ? similarity : normalised(similarity, steps)
}

function normalised(similarity: Similarity, steps: readonly Normalisation[]): Similarity {
  const after = (map: Float32Array): Float32Array => steps.reduce((values, step) => step.apply(values), map)
  const { name, formula } = similarity
  return {
    ...similarity,
    name: `${name}(${steps.map((step) => step.name).join(',')})`,
    ...(formula !== undefined && {
      formula: `${formula}; of maps normalised by ${steps.map((step) => `${step.name}: ${step.formula}`).join(', then ')}`
    }),
    compare: (a, b, shape) => similarity.compare(after(a), after(b), shape)
  }
}
