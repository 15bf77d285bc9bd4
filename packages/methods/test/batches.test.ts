import {
  attribute,
  createRandom,
  explain,
  type Method,
  type MethodContext,
  type Session,
  type Tensor
} from '@agon/core'
import {
  deepLift,
  deepLiftShap,
  expectedGradients,
  gradientShap,
  gradientTimesInput,
  integratedGradients,
  smoothGrad,
  smoothGradSquared,
  varGrad
} from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals, tanhNet, watched } from './nets.js'

const minusBaseline: Method = { name: 'minus', pass: { cotangent: 'one', multiply: 'input-minus-baseline' } }
const made: readonly Method[] = [
  integratedGradients({ steps: 6 }),
  expectedGradients({ samples: 6 }),
  expectedGradients({ samples: 6, baselines: normals(4, 6, 1) }),
  gradientShap({ samples: 6, baselines: normals(4, 6, 1), noise: 0.2 }),
  deepLift(),
  deepLift({ rule: 'reveal-cancel', baseline: 0.25 }),
  deepLiftShap({ baselines: normals(4, 6, 1) }),
  smoothGrad({ samples: 6 }),
  smoothGradSquared({ samples: 6 }),
  varGrad({ samples: 6 }),
  smoothGrad({ samples: 6, base: gradientTimesInput() }),
  smoothGrad({ samples: 6, base: minusBaseline }),
  smoothGrad({ samples: 4, base: deepLift() }),
  smoothGrad({ samples: 4, base: integratedGradients({ steps: 3 }) }),
  varGrad({ samples: 3, base: smoothGrad({ samples: 3 }) })
]

/** Bytes of one copy of an input of 6 with its map for one label, and the map times the input. */
const perCopy = 4 * 6 * 3

function contextOf(session: Session, input: Tensor, logits: Tensor, targets: number[][], more = {}): MethodContext {
  const random = createRandom(3)
  return { session, input, logits, targets, contestants: targets, random, note: () => undefined, ...more }
}

describe.each(made.map((method) => [method.name, method] as const))('%s', (_, method) => {
  it('gives the same bits for every byte budget, and baseline of each example', async () => {
    const { session } = watched(await engine.load(tanhNet()))
    const [input, baseline] = [normals(3, 6), normals(3, 6, 2)]
    const run = (memory: number) => explain(session, input, method, { target: 2, seed: 4, memory, baseline })
    const whole = bits((await run(2 ** 28)).attribution)
    for (const memory of [1, perCopy, 2 * perCopy, 5 * perCopy, 7 * perCopy]) {
      expect(bits((await run(memory)).attribution)).toEqual(whole)
    }
  })

  it('gives the first example the same bits whatever follows it', async () => {
    const [session, input] = [await engine.load(tanhNet()), normals(4, 6)]
    const run = async (examples: number): Promise<number[]> => {
      const some = { shape: [examples, 6], data: input.data.slice(0, 6 * examples) }
      return bits((await explain(session, some, method, { target: 2, seed: 4 })).attribution).slice(0, 6)
    }
    const alone = await run(1)
    for (const examples of [2, 4]) expect(await run(examples)).toEqual(alone)
  })

  it('gives L labels of N examples `[L, N, ...]`, each as it is alone', async () => {
    const [session, input] = [await engine.load(tanhNet()), normals(2, 6)]
    const logits = await session.forward(input)
    const labels = [
      [3, 0, 1],
      [1, 1, 2]
    ]
    const { attribution } = await attribute(method, contextOf(session, input, logits, labels))
    expect(attribution.shape).toEqual([3, 2, 6])
    for (const l of [0, 1, 2]) {
      const targets = labels.map((ofExample) => [ofExample[l]!])
      const alone = await attribute(method, contextOf(session, input, logits, targets))
      expect(bits(alone.attribution)).toEqual(bits(attribution).slice(12 * l, 12 * l + 12))
    }
  })
})

describe('copies', () => {
  it('go through the session in one batch where the budget allows, else in as few as it does', async () => {
    const input = normals(2, 6)
    const passes = async (memory?: number): Promise<number[]> => {
      const { session, batches } = watched(await engine.load(tanhNet()))
      await explain(session, input, integratedGradients({ steps: 5 }), memory === undefined ? {} : { memory })
      return batches
    }
    expect(await passes()).toEqual([10])
    expect(await passes(4 * perCopy)).toEqual([4, 4, 2])
    expect(await passes(1)).toEqual(new Array(10).fill(1))
  })

  it('of several labels are counted with all their maps', async () => {
    const { session, batches } = watched(await engine.load(tanhNet()))
    const input = normals(1, 6)
    const context = contextOf(session, input, await session.forward(input), [[0, 1, 2]], { memory: 2 * 4 * 6 * 7 })
    await attribute(smoothGrad({ samples: 5 }), context)
    expect(batches).toEqual([2, 2, 1])
  })

  it('report progress that rises to the number of label passes', async () => {
    for (const method of made.filter(({ attribute }) => attribute)) {
      const seen: [number, number][] = []
      const onProgress = (done: number, total: number): number => seen.push([done, total])
      const { session } = watched(await engine.load(tanhNet()))
      await explain(session, normals(2, 6), method, { memory: 3 * perCopy, onProgress })
      const total = seen[0]![1]
      expect(seen.at(-1)).toEqual([total, total])
      expect(seen.length).toBeGreaterThan(2)
      seen.forEach(([done, of], i) => {
        expect(of).toBe(total)
        expect(done).toBeGreaterThanOrEqual(i === 0 ? 0 : seen[i - 1]![0])
      })
    }
  })

  it('stop between chunks when they are aborted', async () => {
    const abort = new AbortController()
    const inner = await engine.load(tanhNet())
    const { session, batches } = watched(
      { ...inner, vjp: (input, cotangents) => inner.vjp(input, cotangents) },
      () => batches.length === 2 && abort.abort(new Error('enough'))
    )
    const run = explain(session, normals(1, 6), smoothGrad({ samples: 9 }), { memory: 1, signal: abort.signal })
    await expect(run).rejects.toThrow('enough')
    expect(batches).toHaveLength(2)
  })

  it('show a base that is a program the logits, targets, baseline and contestants of its copy', async () => {
    const [session, input, baseline] = [await engine.load(tanhNet()), normals(2, 6), normals(2, 6, 2)]
    const seen: MethodContext[] = []
    const program: Method = {
      name: 'program',
      attribute: async (context) => {
        seen.push(context)
        context.note({ code: 'seen', message: `copy ${seen.length}` })
        return session.vjp(context.input, { labels: context.targets })
      }
    }
    const { notes } = await explain(session, input, smoothGrad({ base: program, samples: 3 }), {
      target: [1, 2],
      baseline
    })
    expect(seen).toHaveLength(3)
    for (const { input: copy, logits, targets, contestants, baseline: own } of seen) {
      expect(logits).toEqual(await session.forward(copy))
      expect(targets).toEqual([[1], [2]])
      expect(contestants).toEqual([0, 1].map(() => [0, 1, 2, 3]))
      expect(own).toEqual(baseline)
    }
    expect(notes).toEqual([{ code: 'seen', message: 'copy 1' }])
  })

  it('refuse a baseline of the call that fits a batch of copies but not the input', async () => {
    const run = explain(await engine.load(tanhNet()), normals(1, 6), smoothGrad({ samples: 4, base: minusBaseline }), {
      baseline: normals(4, 6)
    })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_INPUT', what: 'baseline' })
  })
})
