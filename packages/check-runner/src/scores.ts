import { measure, type Metric, type Tensor } from '@agon/core'
import { stacked } from './batches.js'
import type { MatrixMethod } from './matrix.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import { runUnit } from './unit.js'

/** The scores of one method by one metric, for every input of a batch. Its maps are those that the run holds already. */
export async function recordScores(
  sitting: Sitting,
  metric: Metric,
  { name: method, method: made }: MatrixMethod,
  batch: KnownBatch
): Promise<void> {
  const { session, costs } = sitting
  await runUnit(sitting, {
    batch,
    piece: ({ name }) => ({ kind: 'score', metric: metric.name, method, input: name }),
    run: async ({ inputs, input, mask, logits, targets }) => {
      const maps = await Promise.all(inputs.map(({ name }) => sitting.maps.get(method, name)))
      const counted = counting(metric)
      const start = performance.now()
      const scores = await measure(session, input, made, counted.metric, {
        ...explainOptions(sitting),
        explained: { attribution: stacked(maps), logits, target: targets },
        ...(mask && { mask })
      })
      const own = (performance.now() - start - counted.milliseconds()) / 1000
      costs.took({ kind: 'own', metric: metric.name }, own / inputs.length)
      costs.took({ kind: 'maps', metric: metric.name }, counted.examples() / inputs.length)
      return async (n) => {
        const { value, samples, spread } = scores[n]!
        const spreads = spread !== undefined && Number.isFinite(spread) && { spread }
        return { kind: 'score', metric: metric.name, method, input: inputs[n]!.name, value, samples, ...spreads }
      }
    }
  })
}

/** A metric whose calls for other maps are counted and timed: what these cost depends on the method, the rest does not. */
function counting(metric: Metric) {
  let [examples, milliseconds] = [0, 0]
  const counted: Metric = {
    ...metric,
    measure: (context) =>
      metric.measure({
        ...context,
        explain: async (input: Tensor) => {
          const start = performance.now()
          const map = await context.explain(input)
          milliseconds += performance.now() - start
          examples += input.shape[0]!
          return map
        }
      })
  }
  return { metric: counted, examples: () => examples, milliseconds: () => milliseconds }
}
