import type { Engine, Method } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { gradient } from '@agon/methods'
import { testMethod } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'
import { createChecks } from '../src/suite/check.js'
import { tinyMlp } from '@agon/testing'

const engine: Engine = createReferenceEngine()

testMethod(gradient, { engine })

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

describe('skips', () => {
  it('must name a check', () => {
    expect(() => createChecks({ nothing: 'a reason' }).assertSkipsUsed()).toThrow('nothing')
  })
})
