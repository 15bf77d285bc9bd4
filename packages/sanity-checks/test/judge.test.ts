import { createRandom, type Criterion } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { decidingStep, judge, type Sample } from '../src/index.js'

const below: Criterion = { figure: 'spearman(abs)', threshold: 0.5, passes: 'below' }

/** One value a draw, of one example. */
const draws = (...values: number[]): Sample[] => values.map((value, draw) => ({ draw, example: 0, value }))

describe('a verdict', () => {
  it('passes or fails where the 95 % interval lies on one side of the threshold', () => {
    const passed = judge(below, draws(0.1, 0.2, 0.3))
    // s = .1, t(2) = 4.3027: .2 +- .2484
    expect(passed).toMatchObject({
      outcome: 'passes',
      samples: 3,
      spread: expect.closeTo(0.1, 12),
      value: expect.closeTo(0.2, 12)
    })
    expect(passed.uncertainty).toBeCloseTo(0.24842, 4)
    expect(passed.because).toBe(
      'The mean of spearman(abs) is 0.200 ± 0.248 (95 % interval over 3 draws), which is below the threshold 0.5.'
    )
    expect(judge(below, draws(0.7, 0.8, 0.9)).outcome).toBe('fails')
    expect(judge(below, draws(0.2, 0.4, 0.6)).outcome).toBe('cannot tell')
    expect(judge({ ...below, passes: 'above' }, draws(0.7, 0.8, 0.9)).outcome).toBe('passes')
    expect(judge({ ...below, passes: 'above' }, draws(0.1, 0.2, 0.3)).outcome).toBe('fails')
  })

  it('has exact values for no spread, and none for no or a single value', () => {
    expect(judge({ figure: 'f', threshold: 1 - 1e-6, passes: 'above' }, draws(1, 1))).toMatchObject({
      outcome: 'passes',
      uncertainty: 0
    })
    expect(judge(below, draws(0.1))).toMatchObject({ outcome: 'cannot tell', samples: 1, spread: 0 })
    expect(judge(below, draws(0.1)).uncertainty).toBeUndefined()
    expect(judge(below, [])).toMatchObject({ outcome: 'cannot tell', value: 0, samples: 0 })
  })

  it('takes the size of a figure where that counts', () => {
    expect(judge(below, draws(-0.9, -0.8, -0.85)).outcome).toBe('passes')
    expect(judge({ ...below, absolute: true }, draws(-0.9, -0.8, -0.85))).toMatchObject({
      outcome: 'fails',
      value: expect.closeTo(0.85, 12)
    })
  })

  it('does not take examples of one draw for independent: the interval is over draws, or over examples of a single draw', () => {
    const values = [0, 1].flatMap((draw) =>
      Array.from({ length: 50 }, (_, example) => ({ draw, example, value: 0.1 + 0.2 * draw }))
    )
    // Two means .1 and .3: s = .1414, t(1) = 12.706.
    expect(judge(below, values)).toMatchObject({
      outcome: 'cannot tell',
      samples: 100,
      uncertainty: expect.closeTo(1.27062, 4)
    })
    const single = [0.1, 0.2, 0.3].map((value, example) => ({ draw: 0, example, value }))
    expect(judge(below, single).because).toContain('over 3 examples')
  })

  it('has the 97.5 % points of t for many draws, too: the interval holds the mean in 95 of 100 cases', () => {
    const random = createRandom(7)
    for (const size of [2, 5, 13, 30]) {
      let held = 0
      for (let run = 0; run < 2000; run++) {
        const { value, uncertainty } = judge(below, draws(...Array.from({ length: size }, () => random.normal())))
        if (Math.abs(value) <= uncertainty!) held++
      }
      // Standard deviation of the share: .5 %.
      expect(Math.abs(held / 2000 - 0.95)).toBeLessThan(0.02)
    }
  })

  it('credits no competition with what its thinned control reaches as well', () => {
    const values = draws(0.1, 0.11, 0.12)
    const told = judge(below, values, { thinned: draws(0.2, 0.21, 0.22) })
    expect(told).toMatchObject({ outcome: 'cannot tell', value: expect.closeTo(0.11, 12) })
    expect(told.because).toMatch(/thinned at random to the same share, comes to 0.210 ± 0.025/)
    expect(judge(below, values, { thinned: draws(0.3, 0.5, 0.7) }).outcome).toBe('cannot tell')
    expect(judge(below, values, { thinned: draws(0.8, 0.81, 0.82) }).outcome).toBe('passes')
    // A failure stays one, and other figures are not similarities.
    expect(judge(below, draws(0.9, 0.91, 0.92), { thinned: values }).outcome).toBe('fails')
    expect(judge({ ...below, passes: 'above' }, draws(0.9, 0.91), { thinned: values }).outcome).toBe('passes')
  })

  it('reads the step that the criterion names', () => {
    expect([decidingStep(below, 7), decidingStep({ ...below, step: 'first' }, 7)]).toEqual([7, 1])
  })
})
