import { completenessGap, infidelity, maxSensitivity, metrics } from '@agon/metrics'
import { testMetric, tinyCnn, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './nets.js'

const runner = { describe, it }
const [mlp, cnn] = [[tinyMlp()], [tinyCnn()]]

testMetric(infidelity({ samples: 3 }), { engine, runner })
testMetric(infidelity({ perturbation: 'gaussian', scaled: true, samples: 5 }), { engine, runner, models: mlp })
testMetric(infidelity({ perturbation: 'noisy-baseline', samples: 5 }), { engine, runner, models: mlp })
testMetric(infidelity({ perturbation: 'baseline-difference' }), { engine, runner, models: mlp })
testMetric(infidelity({ perturbation: 'square', samples: 3 }), { engine, runner, models: cnn })
testMetric(maxSensitivity({ samples: 2 }), { engine, runner })
testMetric(maxSensitivity({ form: 'raw', samples: 3 }), { engine, runner, models: mlp })
testMetric(completenessGap(), { engine, runner })
testMetric(completenessGap({ form: 'relative' }), { engine, runner, models: mlp })

describe('the registry', () => {
  it.each(metrics.names)('makes %s under its name, with a formula', (name) => {
    const metric = metrics.get(name).create()
    expect(metric.name).toBe(name)
    expect(metric.formula).toMatch(/./)
  })
})
