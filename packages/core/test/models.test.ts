import { competitive, contestModels, createRandom, explain, tensor, type Method } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, timesInput } from './linear-session.js'
import { brokenAt } from './score-session.js'

const [labels, shape, examples] = [3, [2, 3, 3], 2]
const size = 18

/** Linear models over the same labels; `draw` gives weights. */
function modelsOf(count: number, seed: number, few = false) {
  const random = createRandom(seed)
  const value = (): number => (few ? random.integer(3) - 1 : random.normal())
  const weights = Array.from({ length: count }, () =>
    Array.from({ length: labels }, () => Array.from({ length: size }, value))
  )
  const sign = (): number => (few ? 1 : random.normal())
  const input = tensor([examples, ...shape], Array.from({ length: examples * size }, sign)) // prettier-ignore
  return { sessions: weights.map((of, m) => linearSession(of, shape, { name: `net-${m}` }).session), input }
}

/** The definition, read off: model m against every other, element by element. */
function byDefinition(maps: readonly Float32Array[], m: number): number[] {
  return Array.from(maps[m]!, (own, i) => {
    const others = maps.filter((_, other) => other !== m).map((map) => map[i]!)
    const wins = (own > 0 && others.every((o) => own > o)) || (own < 0 && others.every((o) => own < o))
    return wins ? own : 0
  })
}

describe('a contest between models', () => {
  it('is the definition with models in place of labels, for 2 and 3 models, ties and none', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const { sessions, input } = modelsOf(2 + (seed % 2), seed, seed % 3 === 0)
      const found = await contestModels(sessions, input, timesInput(), { target: 1, granularity: 'element' })
      const maps = await Promise.all(
        sessions.map(async (session) => (await explain(session, input, timesInput(), { target: 1 })).attribution.data)
      )
      expect(found.attribution.shape).toEqual([sessions.length, examples, ...shape])
      const expected = maps.flatMap((_, m) => byDefinition(maps, m))
      expect([...found.attribution.data]).toEqual(expected)
      found.turf.owner.forEach((owner, i) => {
        const positive = maps.map((_, m) => expected[m * maps[0]!.length + i]! > 0)
        expect(owner).toBe(positive.indexOf(true))
      })
    }
  })

  it('sums channels by default, and meets what labels won where they compete in the method', async () => {
    const { sessions, input } = modelsOf(2, 5)
    const found = await contestModels(sessions, input, competitive(timesInput()), { target: [0, 2] })
    const own = await Promise.all(
      sessions.map((session) => explain(session, input, competitive(timesInput()), { target: [0, 2] }))
    )
    const maps = own.map(({ attribution }) => attribution.data)
    expect(found.attribution.shape).toEqual([2, examples, 1, 3, 3])
    expect([...found.attribution.data]).toEqual([...byDefinition(maps, 0), ...byDefinition(maps, 1)])
  })

  it('explains the label that the first model prefers', async () => {
    const { sessions, input } = modelsOf(2, 6)
    const first = await explain(sessions[0]!, input, timesInput())
    const second = await explain(sessions[1]!, input, timesInput())
    expect(second.target).not.toEqual(first.target)
    const found = await contestModels(sessions, input, timesInput())
    expect(found.target).toEqual(first.target)
    expect(found.logits).toEqual([first.logits, second.logits])
    expect(found.models).toEqual(['net-0', 'net-1'])
  })

  it('changes places when the models do, and a common factor changes no owner', async () => {
    const { sessions, input } = modelsOf(2, 7)
    const options = { target: 0 }
    const [found, turned] = [
      await contestModels(sessions, input, timesInput(), options),
      await contestModels([...sessions].reverse(), input, timesInput(), options)
    ]
    const half = found.attribution.data.length / 2
    expect(turned.attribution.data.slice(0, half)).toEqual(found.attribution.data.slice(half))
    expect(turned.turf.owner).toEqual(found.turf.owner.map((owner) => (owner < 0 ? owner : 1 - owner)))
    const loud = tensor(input.shape, input.data.map((value) => 4 * value)) // prettier-ignore
    expect((await contestModels(sessions, loud, timesInput(), options)).turf.owner).toEqual(found.turf.owner)
  })

  it('of a model with itself is won by nobody, or kept by both', async () => {
    const { sessions, input } = modelsOf(1, 8)
    const twice = [sessions[0]!, sessions[0]!]
    const lost = await contestModels(twice, input, timesInput(), { target: 0 })
    expect(lost.attribution.data.every((value) => value === 0)).toBe(true)
    const kept = await contestModels(twice, input, timesInput(), { target: 0, ties: 'keep', granularity: 'element' })
    const { attribution } = await explain(sessions[0]!, input, timesInput(), { target: 0 })
    expect([...kept.attribution.data]).toEqual([...attribution.data, ...attribution.data])
  })

  it('gives every model the same random draws', async () => {
    const drawn: number[] = []
    const random: Method = {
      name: 'random',
      attribute: async ({ session, input, targets, random }) => {
        drawn.push(random.fork('draw', 0).normal(), random.normal())
        return session.vjp(input, { labels: targets })
      }
    }
    const { sessions, input } = modelsOf(2, 9)
    await contestModels(sessions, input, random, { seed: 4 })
    expect(drawn.slice(0, 2)).toEqual(drawn.slice(2))
  })

  it('says that it is an extension, and which model is louder unless maps were normalised', async () => {
    const quiet = Array.from({ length: labels }, (_, c) =>
      Array.from({ length: size }, (_, i) => ((i * 7 + c) % 5) - 2)
    )
    const loud = quiet.map((row) => row.map((value, i) => (i < 9 ? 40 : 20) * value))
    const sessions = [quiet, loud].map((weights) => linearSession(weights, shape).session)
    const input = tensor([1, ...shape], new Array<number>(size).fill(1)) // prettier-ignore
    const options = { target: 0, granularity: 'element' } as const
    const found = await contestModels(sessions, input, timesInput(), options)
    expect(found.notes.map(({ code }) => code)).toEqual(['louder-model', 'extension'])
    expect(found.notes[0]!.message).toMatch(/scores of model 1 are 3\d\.\d times as large as those of model 0/)
    expect(found.notes[1]!.message).toMatch(/between models is an extension of Agon/)
    expect(found.scales[1]![0]! / found.scales[0]![0]!).toBeGreaterThan(30)
    const even = await contestModels(sessions, input, timesInput(), { ...options, normalise: 'root-mean-square' })
    expect(even.notes.map(({ code }) => code)).toEqual(['extension'])
    const map = quiet[0]!.map((value) => value / found.scales[0]![0]!)
    const other = loud[0]!.map((value) => value / found.scales[1]![0]!)
    even.attribution.data.slice(0, size).forEach((value, i) => {
      expect(value).toBeCloseTo(Math.abs(map[i]!) > Math.abs(other[i]!) ? map[i]! : 0, 5)
    })
  })

  it('refuses one model, other labels, probabilities, NaN, and unknown choices', async () => {
    const { sessions, input } = modelsOf(2, 10)
    const run = (of = sessions, method = timesInput(), options = {}) => contestModels(of, input, method, options)
    await expect(run([sessions[0]!])).rejects.toThrow(/at least two sessions, found 1/)
    const more = linearSession(Array.from({ length: 4 }, () => new Array<number>(size).fill(1)), shape).session // prettier-ignore
    await expect(run([sessions[0]!, more])).rejects.toThrow(/logits \[2,3\] of model 0 and \[2,4\] of model 1/)
    const named = (names: string[]) => ({ ...sessions[0]!, model: { ...sessions[0]!.model, labels: names } })
    await expect(run([named(['a', 'b', 'c']), named(['a', 'c', 'b'])])).rejects.toThrow(/label 1 is 'b' in model 0 and 'c' in model 1/) // prettier-ignore
    const softmax = { name: 's', op: 'Softmax', inputs: ['l'], outputs: ['y'], attributes: {} }
    const ending = { ...sessions[1]!, model: { ...sessions[1]!.model, nodes: [softmax] } }
    await expect(run([sessions[0]!, ending])).rejects.toMatchObject({ code: 'AGON_SOFTMAX' })
    await expect(run(sessions, brokenAt(0), { target: 0 })).rejects.toMatchObject({ code: 'AGON_NOT_FINITE' })
    await expect(run(sessions, timesInput(), { ties: 'win' })).rejects.toThrow(/lose, keep/)
    await expect(run(sessions, timesInput(), { normalise: 'max' })).rejects.toThrow(/none, root-mean-square/)
  })
})
