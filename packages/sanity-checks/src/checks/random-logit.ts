import { AgonError, assertWhole, rowsOf, type Random, type Trial } from '@agon/core'
import { bitsOf } from '../bits.js'
import { changed } from './criteria.js'
import { defineCheck } from './define-check.js'

/**
 * Random logit (Sixt et al. 2020): the map of another label of the same model, uniformly among the others. Drawn from a stream that the example's logits name, so that neither an
 * example's place in a batch nor its neighbours matter.
 */
export const randomLogit = defineCheck({
  name: 'random-logit',
  cite: 'Sixt, Granz & Landgraf 2020, When explanations lie: why many modified BP attributions fail, arXiv 1912.09818',
  criterion: changed,
  defaults: { draws: 10 },
  resolve: (options) => {
    assertWhole('draws of random-logit', options.draws, 1, 1_000_000)
    return options
  },
  body: ({ draws }) => ({
    draws,
    steps: () => [{ name: 'another label', layers: [] }],
    trial: (_, __, draw, random) => ({ targets: otherLabels(random.fork('random-logit', draw)) })
  })
})

function otherLabels(random: Random): NonNullable<Trial['targets']> {
  return ({ trained, targets }) =>
    rowsOf(trained).map((row, n) => {
      if (row.length < 2) {
        throw new AgonError('AGON_BAD_MODEL', {
          what: 'model of a random logit',
          expected: 'at least two labels',
          found: `${row.length}`
        })
      }
      const drawn = random.fork(...bitsOf(row), targets[n]!).integer(row.length - 1)
      return drawn < targets[n]! ? drawn : drawn + 1
    })
}
