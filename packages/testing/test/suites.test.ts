import type { Method } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { gradient, integratedGradients } from '@agon/methods'
import { testMethod as testMethodBy, tinyMlp } from '@agon/testing'
import { testMethod, testMetric, testSimilarity } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'
import { collect } from './collect.js'
import { cosine, drop, euclidean } from './subjects.js'

const engine = createReferenceEngine()

testMethod(gradient, { engine })
testMethod(integratedGradients, { engine, options: { steps: 3 }, models: [tinyMlp()] })

/** A third party's method: a plain object, random, programmed. */
const noisyGradient = (options: { samples?: number } = {}): Method => {
  const unknown = Object.keys(options).filter((name) => name !== 'samples')
  if (unknown.length > 0) throw Object.assign(new Error('unknown option'), { code: 'AGON_BAD_OPTION' })
  return {
    name: 'noisy-gradient',
    cite: 'none: made up for this test',
    async attribute({ session, input, targets, random, signal }) {
      const size = input.data.length / input.shape[0]!
      const streams = targets.map((_, n) => random.fork('noise', n))
      const data = input.data.map((value, i) => value + streams[Math.floor(i / size)]!.normal())
      return session.vjp({ shape: input.shape, data }, { labels: targets }, signal ? { signal } : {})
    }
  }
}

testMethod(noisyGradient, { engine, models: [tinyMlp()] })
testSimilarity(cosine)
testSimilarity(euclidean)
testMetric(drop, { engine })

describe('skips', () => {
  const by = (skip: Record<string, string>) => collect((runner) => testMethodBy(gradient, { engine, runner, skip }))

  it('must name a check', () => {
    expect(() => by({ nothing: 'a reason' })).toThrow('nothing')
  })

  it('leave a check out, with the reason in its title', () => {
    const all = by({}).checks.length
    const { checks, skipped } = by({ 'has a name and a source': 'it has none' })
    expect(checks.length).toBe(all - 1)
    expect(skipped).toEqual(['has a name and a source (skipped: it has none)'])
  })
})
