import { sizeOf, type Metric, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMetric } from '@agon/testing/suites'
import { complexityMetrics } from '../src/complexity/index.js'
import { faithfulnessMetrics } from '../src/faithfulness/index.js'
import { localisationMetrics } from '../src/localisation/index.js'

const engine = createReferenceEngine()
const small: Readonly<Record<string, object>> = {
  deletion: { steps: 5 },
  insertion: { steps: 5 },
  aopc: { regions: 4 },
  'pixel-flipping': { steps: 5 },
  road: { steps: 3 },
  'sensitivity-n': { subsets: 6 },
  monotonicity: { steps: 10 },
  'monotonicity-correlation': { groups: 8, draws: 1 }
}

for (const { name, create } of [...faithfulnessMetrics, ...complexityMetrics])
  testMetric(create(small[name]), { engine })

/** The metric, where the evidence is known to be in every third pixel. */
function masked(metric: Metric): Metric {
  return {
    ...metric,
    measure(context) {
      const [examples, ...rest] = context.input.shape
      const shape = rest.length === 3 ? [examples!, 1, rest[1]!, rest[2]!] : [examples!, ...rest]
      const pixels = sizeOf(shape.slice(1))
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i % pixels) * 7) % 3 === 0 ? 1 : 0))
      const mask: Tensor = { shape, data }
      return metric.measure({ ...context, mask })
    }
  }
}

for (const { create } of localisationMetrics) testMetric(masked(create()), { engine })
