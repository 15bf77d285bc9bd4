import {
  competitive,
  contest,
  createRandom,
  decisionsIou,
  explain,
  sampleOf,
  tensor,
  type Contest,
  type Method,
  type Precision,
  type Session
} from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, timesInput } from './linear-session.js'

const labels = 40
const random = createRandom(3)
const weights = Array.from({ length: labels }, () => Array.from({ length: 18 }, () => random.normal()))
const input = tensor(
  [2, 2, 3, 3],
  Array.from({ length: 36 }, () => random.normal())
)

/** A session whose bf16 is the contest of other weights. */
function twoPrecisions(rough: readonly (readonly number[])[]) {
  const fine = linearSession(weights, [2, 3, 3])
  const coarse = linearSession(rough, [2, 3, 3])
  const asked: (Precision | undefined)[] = []
  const session: Session = {
    ...fine.session,
    precisions: ['fp32', 'bf16'],
    contest(of, competing, options) {
      asked.push(options?.precision)
      return (options?.precision === 'bf16' ? coarse : fine).session.contest(of, competing, options)
    }
  }
  return { session, coarse: coarse.session, fine: fine.session, asked }
}

const noisy = weights.map((row) => row.map((weight) => weight * (1 + 0.2 * random.normal())))

describe('a contest in bf16', () => {
  it('carries the IoU of decisions of a sample, found by two more contests of it', async () => {
    const { session, coarse, fine, asked } = twoPrecisions(noisy)
    const { contest: found, attribution } = await explain(session, input, competitive(timesInput()), {
      precision: 'bf16'
    })
    expect(asked).toEqual(['bf16', 'bf16', 'fp32'])
    const { name, iou, labels: sample } = found!.precision!
    expect({ name, lengths: sample.map(({ length }) => length) }).toEqual({ name: 'bf16', lengths: [16, 16] })
    const options = { multiply: 'input', sumAxis: 1 } as const
    const pair = [await coarse.contest(input, sample, options), await fine.contest(input, sample, options)] as const
    expect(iou).toEqual(decisionsIou(...pair))
    for (const one of iou) expect(one > 0.3 && one < 1).toBe(true)
    const whole = await explain(coarse, input, competitive(timesInput()), { target: 'top' })
    expect(attribution).toEqual(whole.attribution)
  })

  it('has an IoU of exactly 1 where no decision differs', async () => {
    const { session } = twoPrecisions(weights)
    const { precision } = await contest(session, input, timesInput(), { precision: 'bf16' })
    expect(precision!.iou).toEqual([1, 1])
  })

  it('is streamed in the same precision where the base is a program', async () => {
    const seen: (Precision | undefined)[] = []
    const program: Method = {
      name: 'program',
      async attribute({ session: of, input: at, targets, precision }) {
        seen.push(precision)
        return of.vjp(at, { labels: targets })
      }
    }
    const { session } = twoPrecisions(weights)
    const { precision } = await contest(session, input, program, { precision: 'bf16' })
    expect(seen).toEqual(['bf16', 'bf16', 'fp32'])
    expect(precision!.iou).toEqual([1, 1])
  })

  it('asks for nothing and measures nothing in fp32', async () => {
    const { session, asked } = twoPrecisions(noisy)
    const found = await contest(session, input, timesInput(), { precision: 'fp32' })
    expect({ asked, precision: found.precision }).toEqual({ asked: [undefined], precision: undefined })
  })

  it('tells progress and calls onPlan for the contest itself only', async () => {
    const { session } = twoPrecisions(noisy)
    const given: unknown[] = []
    const contestOf = session.contest.bind(session)
    const listening: Session = {
      ...session,
      contest(of, competing, options) {
        given.push([typeof options?.onProgress, typeof options?.onPlan])
        return contestOf(of, competing, options)
      }
    }
    const listeners = { onProgress: () => undefined, onPlan: () => undefined }
    await contest(listening, input, timesInput(), { precision: 'bf16', ...listeners })
    expect(given).toEqual([
      ['function', 'function'],
      ['undefined', 'undefined'],
      ['undefined', 'undefined']
    ])
  })
})

describe('refusals', () => {
  const { session } = linearSession(weights, [2, 3, 3])
  const competing = competitive(timesInput())

  it('a precision that does not exist, with the nearest', async () => {
    const run = explain(session, input, competing, { precision: 'bf61' as Precision })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await expect(run).rejects.toThrow(/precision.*fp32, bf16/)
  })

  it('a precision that the engine lacks: nothing is computed in another one', async () => {
    const run = explain(session, input, competing, { precision: 'bf16' })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await expect(run).rejects.toThrow(/one that this engine has: fp32, found 'bf16'/)
  })

  it('a method in which no labels compete', async () => {
    const both = twoPrecisions(noisy)
    const run = explain(both.session, input, timesInput(), { precision: 'bf16' })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    const program = { name: 'program', attribute: async () => tensor([1, 2, 2, 3, 3], new Array(36).fill(0)) }
    await expect(explain(both.session, input, program, { precision: 'bf16' })).rejects.toThrow(/no labels compete/)
  })
})

describe('the sample', () => {
  it('is all labels where there are no more than 16', () => {
    expect(sampleOf(new Float32Array(30), [1, 5, 29])).toEqual([1, 5, 29])
  })

  it('is the 8 with the largest logits and 8 spaced evenly over the rest, in the order of the contest', () => {
    const logits = Float32Array.from({ length: 1000 }, (_, label) => (label % 100 === 7 ? label : 0))
    const sample = sampleOf(logits, Array.from(logits.keys()))
    const largest = [207, 307, 407, 507, 607, 707, 807, 907]
    const rest = Array.from(logits.keys()).filter((label) => !largest.includes(label))
    const spaced = [62, 186, 310, 434, 558, 682, 806, 930].map((at) => rest[at]!)
    expect(sample).toEqual([...largest, ...spaced].sort((a, b) => a - b))
  })

  it('takes competing labels only', () => {
    const logits = Float32Array.from({ length: 100 }, (_, label) => label)
    const odd = Array.from({ length: 50 }, (_, i) => 2 * i + 1)
    const sample = sampleOf(logits, odd)
    expect(sample.every((label) => odd.includes(label))).toBe(true)
    expect(sample.slice(-8)).toEqual([85, 87, 89, 91, 93, 95, 97, 99])
  })
})

describe('IoU of decisions', () => {
  const contestOf = (best: number[], bestLabel: number[], runnerUp: number[]): Contest => ({
    shape: [2, 2],
    labels: [
      [0, 1, 2],
      [0, 1, 2]
    ],
    best: Float32Array.from(best),
    bestLabel: Int32Array.from(bestLabel),
    runnerUp: Float32Array.from(runnerUp),
    worst: Float32Array.of(-1, 0, -2, 1),
    worstLabel: Int32Array.of(2, 2, 2, 2),
    runnerDown: Float32Array.of(-0.5, 0, -2, 2),
    maps: { shape: [0, 2, 2], data: new Float32Array(0) },
    mapLabels: [[], []]
  })

  it('counts elements that a label keeps, by sign: ties, zeros and other signs keep nothing', () => {
    const a = contestOf([1, 2, 3, 0], [0, 1, 0, 1], [0, 1, 3, -1])
    const b = contestOf([1, 2, 3, 4], [0, 0, 0, 1], [0, 1, 2, 3])
    // Example 0: element 0 positive and negative in both; element 1 by label 1 in one, by label 0 in the other. Example 1: in b only.
    expect(decisionsIou(a, b)).toEqual([2 / 4, 0])
    expect(decisionsIou(a, a)).toEqual([1, 1])
  })
})
