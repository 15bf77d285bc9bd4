import {
  competitive,
  completeness,
  contest,
  explain,
  tensor,
  territories,
  turf,
  type Method,
  type PassOptions,
  type Plan,
  type Session
} from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, randomCase, timesInput } from './linear-session.js'

/** The same attribution as a program: what a third party writes, with no pass that an engine could fuse. */
const programmed: Method = {
  name: 'programmed',
  attribute: async ({ session, input, targets }) => {
    const gradient = await session.vjp(input, { labels: targets })
    const size = input.data.length
    return { shape: gradient.shape, data: gradient.data.map((value, i) => Math.fround(value * input.data[i % size]!)) }
  }
}

/** Linear logits of pictures [1,2,2], by default one picture of ones. */
function linearCase(rows: number[][], values: number[] = [1, 1, 1, 1]) {
  return { ...linearSession(rows, [1, 2, 2]), input: tensor([values.length / 4, 1, 2, 2], values) }
}

describe('explain', () => {
  it('explains the label with the largest logit of every example', async () => {
    const { session, input } = randomCase(1, 5, [2, 3, 3])
    const result = await explain(session, input, timesInput())
    expect(result.attribution.shape).toEqual([2, 2, 3, 3])
    const logits = [result.logits.data.slice(0, 5), result.logits.data.slice(5)]
    result.target.forEach((label, n) => expect(logits[n]![label]).toBe(Math.max(...logits[n]!)))
    const sum = result.attribution.data.slice(0, 18).reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(logits[0]![result.target[0]!]!, 4)
  })

  it('a programmed method competes exactly like the same method declared as a pass', async () => {
    const { session, input, calls } = randomCase(2, 7, [2, 3, 3])
    for (const granularity of ['pixel', 'element'] as const) {
      const fused = await explain(session, input, competitive(timesInput(), { granularity }))
      expect(calls.splice(0)).toEqual(['contest'])
      const streamed = await explain(session, input, competitive(programmed, { granularity }), { memory: 1000 })
      expect(calls.splice(0).every((call) => call === 'vjp')).toBe(true)
      expect(streamed.attribution).toEqual(fused.attribution)
      expect(fused.attribution.shape).toEqual(granularity === 'pixel' ? [2, 1, 3, 3] : [2, 2, 3, 3])
      expect({ ...streamed.contest }).toEqual({ ...fused.contest })
    }
  })

  it('keeps bits of the base map, whatever the order of the labels', async () => {
    const { session, input } = randomCase(3, 6, [1, 4, 4], 1)
    const base = await explain(session, input, timesInput(), { target: 2 })
    const competed = await explain(session, input, competitive(timesInput()), { target: 2 })
    const kept = competed.attribution.data.filter((value) => value !== 0)
    expect(kept.length).toBeGreaterThan(0)
    competed.attribution.data.forEach((value, i) => {
      if (value !== 0) expect(value).toBe(base.attribution.data[i])
    })
  })

  it('resolves labels by index, name, synonym, subset and sample, the target always among the contestants', async () => {
    const { session, input } = randomCase(4, 4, [1, 2, 2])
    const named = { ...session, model: { ...session.model, labels: ['tench, Tinca tinca', 'cat', 'dog', 'crane'] } }
    const explained = (options: object) => explain(named, input, competitive(timesInput()), options)
    expect((await explained({ target: 'Tinca tinca' })).target).toEqual([0, 0])
    expect((await explained({ target: ['cat', 3] })).target).toEqual([1, 3])
    expect((await explained({ target: 1, labels: [0, 'dog'] })).contestants).toEqual([
      [0, 1, 2],
      [0, 1, 2]
    ])
    const top = await explained({ target: 'cat', labels: { top: 2 } })
    top.contestants.forEach((labels) => expect(labels).toContain(1))
    top.contestants.forEach((labels) => expect(labels).toHaveLength(2))
    expect(top.complete).toBe(false)
    expect((await explained({ labels: { top: 4 } })).complete).toBe(true)
    const sample = await explained({ labels: { sample: 3 }, seed: 9 })
    expect(sample.contestants).toEqual((await explained({ labels: { sample: 3 }, seed: 9 })).contestants)
    await expect(explained({ target: 'dgo' })).rejects.toMatchObject({
      code: 'AGON_UNKNOWN_NAME',
      remedy: "Did you mean 'dog'?"
    })
    await expect(explained({ target: 4 })).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME' })
    await expect(explained({ target: [1] })).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
    await expect(explained({ labels: { top: 5 } })).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('refuses NaN in the input and probabilities at the output', async () => {
    const { session, input } = randomCase(5, 3, [1, 2, 2])
    const broken = tensor(
      input.shape,
      input.data.map((value, i) => (i === 5 ? NaN : value))
    )
    await expect(explain(session, broken, timesInput())).rejects.toMatchObject({
      code: 'AGON_NOT_FINITE',
      found: 'NaN at [1,0,0,1]'
    })
    const softmax = { name: 's', op: 'Softmax', inputs: ['l'], outputs: ['y'], attributes: {} }
    const ending = { ...session, model: { ...session.model, nodes: [softmax] } }
    await expect(explain(ending, input, competitive(timesInput()))).rejects.toMatchObject({
      code: 'AGON_SOFTMAX',
      message: expect.stringMatching(/^competition on model '/) as unknown,
      remedy: expect.stringContaining('cutProbabilityHead') as unknown
    })
  })

  it('never normalises the maps of the labels before they compete', async () => {
    const { session, input } = linearCase([
      [1, -2, 3, 4],
      [1e6, 2e6, -3e6, 4e6],
      [4, 3, 2, 1]
    ])
    for (const base of [timesInput(), programmed]) {
      const loud = await explain(session, input, competitive(base), { target: 1 })
      expect([...loud.attribution.data]).toEqual([1e6, 2e6, -3e6, 4e6])
    }
  })

  it("a random method's maps compete as they are without a contest, example by example", async () => {
    const { session, input } = randomCase(9, 5, [1, 3, 3], 3)
    const noisy: Method = {
      name: 'noisy',
      attribute: async ({ session, input, targets, random }) => {
        const { shape, data } = await session.vjp(input, { labels: targets })
        const noise = targets.map((_, n) => random.fork('noise', n).normal())
        return { shape, data: data.map((value, i) => value + noise[Math.floor(i / 9) % 3]!) }
      }
    }
    const base = await explain(session, input, noisy, { seed: 3 })
    const competed = await explain(session, input, competitive(noisy), { seed: 3, memory: 1 })
    expect(competed.attribution.data.filter((value) => value !== 0).length).toBeGreaterThan(3)
    competed.attribution.data.forEach((value, i) => expect([0, base.attribution.data[i]]).toContain(value))
  })

  it('a list of labels competes with the target of every example, also where one of them is in the list', async () => {
    const { session, input } = linearCase(
      [
        [1, 2, 3, 4],
        [-4, 3, -2, 1],
        [2, -9, 2, 2]
      ],
      [1, 1, 1, 1, 1, 1, 1, 1]
    )
    const both = await explain(session, input, competitive(timesInput()), { target: [0, 2], labels: [0, 1] })
    expect(both.contestants).toEqual([
      [0, 1],
      [0, 1, 2]
    ])
    const single = async (target: number) => {
      const one = tensor([1, 1, 2, 2], [1, 1, 1, 1])
      return (await explain(session, one, competitive(timesInput()), { target, labels: [0, 1] })).attribution.data
    }
    expect([...both.attribution.data]).toEqual([...(await single(0)), ...(await single(2))])
  })

  it('says how far a map that claims to add up to the logit is from it', async () => {
    const { session, input } = linearCase([[1, -2, 3, 4]])
    const biased = { ...session, forward: async () => tensor([1, 1], [6.5]) }
    const found = await explain(biased, input, timesInput())
    expect(completeness(timesInput(), found)).toEqual({
      sum: 6,
      logit: 6.5,
      baselineLogit: 0,
      gap: 0.5,
      relativeGap: 0.5 / 6.5
    })
    expect(completeness(competitive(timesInput()), found)).toBeUndefined()
    const gradient: Method = { name: 'gradient', pass: { cotangent: 'one', multiply: 'none' } }
    expect(completeness(gradient, found)).toBeUndefined()
  })

  it('measures a map against the rise of the logit where the method names the logits at its baseline', async () => {
    const { session, input } = linearCase([[1, -2, 3, 4]])
    const rising: Method = {
      name: 'rising',
      attribute: async () => ({
        attribution: tensor([1, 1, 1, 2, 2], [1, 1, 1, 1]),
        baselineLogits: tensor([1, 1], [1])
      })
    }
    const found = await explain(session, input, rising)
    const [sum, logit, baselineLogit] = [4, 6, 1]
    expect(completeness(rising, found)).toEqual({ sum, logit, baselineLogit, gap: 1, relativeGap: 0.2 })
    const flat = { ...found, baselineLogits: found.logits }
    expect(completeness(rising, flat)).toMatchObject({ gap: -4, relativeGap: Infinity })
    const nothing = { ...flat, attribution: tensor([1, 1, 2, 2], [0, 0, 0, 0]) }
    expect(completeness(rising, nothing)).toMatchObject({ gap: 0, relativeGap: 0 })
  })

  it('says the same thing once', async () => {
    const { session, input } = linearCase([[1, -2, 3, 4]])
    const chatty: Method = {
      name: 'chatty',
      attribute: async ({ session, input, targets, note }) => {
        for (const message of ['a', 'b', 'a']) note({ code: 'said', message })
        return session.vjp(input, { labels: targets })
      }
    }
    expect((await explain(session, input, chatty)).notes.map(({ message }) => message)).toEqual(['a', 'b'])
  })

  it('a contest gives turf and territories whose shares add up to what is owned', async () => {
    const { session, input } = randomCase(7, 5, [2, 6, 6], 1)
    const owned = turf(await contest(session, input, timesInput()))
    const all = territories(owned)
    const shares = all.reduce((sum, { share }) => sum + share, 0)
    expect(shares).toBeCloseTo(owned.owner.filter((label) => label >= 0).length / 36, 10)
    expect(all).toEqual([...all].sort((a, b) => b.share - a.share || a.label - b.label))
    owned.owner.forEach((label, at) => expect(owned.margin[at]! > 0).toBe(label >= 0))
  })

  it('hands onPlan to fused contests, and to nothing else', async () => {
    const plan: Plan = { layers: [], forwardSeconds: 1, foldSeconds: 2 }
    const { session, input } = randomCase(10, 4, [1, 2, 2])
    const planning: Session = {
      ...session,
      contest: async (x, labels, options) => {
        options?.onPlan?.(plan)
        return session.contest(x, labels, options)
      },
      vjp: async (x, cotangents, options: PassOptions = {}) => {
        expect(options.onPlan).toBeUndefined()
        return session.vjp(x, cotangents, options)
      }
    }
    const plans: Plan[] = []
    const options = { onPlan: (made: Plan) => void plans.push(made) }
    await explain(planning, input, competitive(timesInput()), options)
    expect(plans.splice(0)).toEqual([plan])
    await contest(planning, input, timesInput(), options)
    expect(plans.splice(0)).toEqual([plan])
    await explain(planning, input, timesInput(), options)
    await contest(planning, input, programmed, options)
    expect(plans).toEqual([])
  })

  it('refuses a model without labels', async () => {
    const { session, input } = linearCase([])
    const refused = explain(session, input, programmed)
    await expect(refused).rejects.toMatchObject({ code: 'AGON_BAD_MODEL' })
    await expect(refused).rejects.toThrow(/output of model 'linear': expected at least one label, found \[1,0\]/)
  })

  it('stops when it is aborted', async () => {
    const { session, input } = randomCase(8, 5, [1, 2, 2])
    const abort = AbortSignal.abort(new Error('enough'))
    await expect(explain(session, input, competitive(programmed), { signal: abort })).rejects.toThrow('enough')
  })
})
