import { measure, type Metric, type Tensor } from '@agon/core'
import { heldMaps } from './base-maps.js'
import { stacked } from './batches.js'
import type { MatrixMethod } from './matrix.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import { runUnit } from './unit.js'

/** The scores of one method by one metric, for every input of a batch. Its maps are those that the run holds already. */
export async function recordScores(
  sitting: Sitting,
  metric: Metric,
  method: MatrixMethod,
  whole: KnownBatch
): Promise<void> {
  const { session, costs } = sitting
  await runUnit(sitting, {
    batch: whole,
    piece: ({ name }) => ({ kind: 'score', metric: metric.name, method: method.name, input: name }),
    run: async (batch) => {
      const { inputs, input, mask, logits, targets } = batch
      const held = await heldMaps(sitting, method, batch)
      const baselines = held.flatMap(({ baselineLogits }) => baselineLogits ?? [])
      const counted = counting(metric)
      const start = performance.now()
      const scores = await measure(session, input, method.method, counted.metric, {
        ...explainOptions(sitting),
        explained: {
          attribution: stacked(held.map(({ map }) => map)),
          logits,
          target: targets,
          ...(baselines.length === held.length && { baselineLogits: stacked(baselines) })
        },
        ...(mask && { mask })
      })
      const own = (performance.now() - start - counted.milliseconds()) / 1000
      costs.took({ kind: 'own', metric: metric.name }, own / inputs.length)
      costs.took({ kind: 'maps', metric: metric.name }, counted.examples() / inputs.length)
      return async (n) => {
        const { spread, ...score } = scores[n]!
        return {
          kind: 'score',
          metric: metric.name,
          method: method.name,
          input: inputs[n]!.name,
          ...score,
          ...(spread !== undefined && Number.isFinite(spread) && { spread })
        }
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
