import {
  competitive,
  createRandom,
  edgeMap,
  example,
  explain,
  keptShare,
  multiplierOf,
  spearman,
  type Method
} from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { cgi, gradientTimesInput, smoothGrad } from '@agon/methods'
import { tinyCnn } from '@agon/testing'
import { testMethod } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'
import { controls, edgeDetector, inputItself, randomMap, thinned, withThinning } from '../src/index.js'
import { normals } from './nets.js'

const engine = createReferenceEngine()
const { model } = tinyCnn()
const input = normals([3, 3, 8, 8])
const session = await engine.load(model)
const mapOf = async (method: Method, options = {}) => (await explain(session, input, method, options)).attribution

describe('controls', () => {
  it('are methods by name', () => {
    expect(controls.names).toEqual(['random-map', 'input', 'edge-detector'])
    for (const { name, create } of controls) expect(create().name).toBe(name)
  })

  it('random-map: standard normal, the same for the same model, label and seed, another for any other', async () => {
    const map = await mapOf(randomMap(), { target: 1 })
    expect(map.shape).toEqual(input.shape)
    const deviation = Math.sqrt(map.data.reduce((sum, value) => sum + value ** 2, 0) / map.data.length)
    expect(Math.abs(deviation - 1)).toBeLessThan(0.12)
    expect(await mapOf(randomMap(), { target: 1 })).toEqual(map)
    const others = [await mapOf(randomMap(), { target: 2 }), await mapOf(randomMap(), { target: 1, seed: 1 })]
    const other = await engine.load(tinyCnn({ seed: 2 }).model)
    others.push((await explain(other, input, randomMap(), { target: 1 })).attribution)
    for (const { data } of others) expect(Math.abs(spearman(data, map.data))).toBeLessThan(0.15)
    // Whatever the place in the batch.
    const alone = await explain(session, example(input, 2), randomMap(), { target: 1 })
    expect(alone.attribution.data).toEqual(map.data.slice(2 * 192))
  })

  it('two random maps of a picture have a rank correlation below .02 in size', async () => {
    const wide = normals([1, 3, 224, 224])
    const ask = (label: number) =>
      randomMap().attribute!({
        input: wide,
        logits: { shape: [1, 3], data: Float32Array.of(1, 2, 3) },
        targets: [[label]],
        random: createRandom(0)
      } as never)
    const [one, other] = (await Promise.all([ask(0), ask(1)])) as { data: Float32Array }[]
    expect(Math.abs(spearman(one!.data.slice(0, 50176), other!.data.slice(0, 50176)))).toBeLessThan(0.02)
  })

  it('input and edge-detector: the same whatever model and label', async () => {
    expect((await mapOf(inputItself(), { target: 3 })).data).toEqual(input.data)
    const edges = await mapOf(edgeDetector(), { target: 3 })
    expect(edges.shape).toEqual([3, 1, 8, 8])
    expect(edges.data.slice(64, 128)).toEqual(edgeMap(input, 1))
    await expect(edgeDetector().attribute!({ input: normals([1, 5]) } as never)).rejects.toThrow(/pictures/)
  })
})

describe('thinning', () => {
  it.each([
    ['cgi', cgi()],
    ['cgi by elements', cgi({ granularity: 'element' })],
    ['keeping the lead', cgi({ competition: 'margin' })],
    ['groups', cgi({ groups: { one: [0, 1, 2], two: [3, 4, 5, 6] } })]
  ] as const)(
    '%s: keeps as many elements of the map before the contest, bit for bit, others than the contest',
    async (_, method) => {
      const target = [0, 3, 5]
      const { attribution, contest } = await explain(session, input, method, { target })
      const control = await mapOf(thinned(method), { target })
      expect(control.shape).toEqual(attribution.shape)
      const size = attribution.data.length / 3
      let same = true
      target.forEach((label, n) => {
        const own = contest!.maps.data.subarray(
          contest!.mapLabels[n]!.indexOf(contest!.groups ? Number(label > 2) : label) * attribution.data.length +
            n * size
        )
        const kept = control.data.slice(n * size, (n + 1) * size)
        expect(keptShare(kept)).toBe(keptShare(attribution.data.slice(n * size, (n + 1) * size)))
        kept.forEach((value, i) => {
          if (value !== 0) expect(value).toBe(own[i])
          same &&= (value !== 0) === (attribution.data[n * size + i] !== 0)
        })
      })
      expect(same).toBe(false)
    }
  )

  it('is of the base map: gradient (.) input where cgi competes', async () => {
    const base = await mapOf(gradientTimesInput(), { target: 1 })
    const control = await mapOf(thinned(cgi({ granularity: 'element' })), { target: 1 })
    expect(keptShare(control.data)).toBeGreaterThan(0.05)
    control.data.forEach((value, i) => value === 0 || expect(value).toBe(base.data[i]))
  })

  it('is multiplied by what the competition is, which metrics must know', () => {
    const { competitive: competing, thinned: control } = withThinning(cgi())
    for (const method of [thinned(cgi()), competing, control]) expect(multiplierOf(method)).toBe('input')
  })

  it('refuses a method in which no labels compete', async () => {
    await expect(mapOf(thinned(gradientTimesInput()))).rejects.toThrow(/labels compete/)
  })

  it('together with its method runs one competition, with the same bits and notes as each on its own', async () => {
    let runs = 0
    const counted: Method = {
      ...gradientTimesInput(),
      pass: undefined as never,
      attribute: (context) => {
        runs++
        return session.vjp(context.input, { labels: context.targets })
      }
    }
    const base = competitive(counted)
    const alone = [await mapOf(base), await mapOf(thinned(base))]
    runs = 0
    const pair = withThinning(base)
    const first = await explain(session, input, pair.competitive)
    const afterFirst = runs
    expect([first.attribution, await mapOf(pair.thinned)]).toEqual(alone)
    expect(runs).toBe(afterFirst)
    expect(first.notes).toEqual((await explain(session, input, base)).notes)
    runs = 0
    // Another seed, label or input is another competition.
    await mapOf(pair.thinned, { seed: 1 })
    await mapOf(pair.thinned, { seed: 1, target: 2 })
    await explain(session, example(input, 0), pair.thinned, { seed: 1, target: 2 })
    expect(runs).toBe(3 * afterFirst)
  })

  it('of a random base keeps what that base drew for the competition', async () => {
    const pair = withThinning(competitive(smoothGrad({ samples: 3 })))
    const [one, two] = [
      await mapOf(pair.thinned, { seed: 3 }),
      await mapOf(thinned(competitive(smoothGrad({ samples: 3 }))), { seed: 3 })
    ]
    expect(one).toEqual(two)
  })
})

testMethod(randomMap, { engine, models: [tinyCnn()] })
