import type { Contest, Session } from '@agon/core'
import { createAgon, type Check, type Metric, type Plugin, type Similarity, type Trial } from 'agon'
import { describe, expect, it } from 'vitest'

const oh = (): never => {
  throw new TypeError('oh')
}
const similarity: Similarity = {
  name: 's',
  cite: 'Nobody 2026',
  direction: 'higher',
  range: [0, 1],
  symmetric: true,
  compare: oh
}
const metric: Metric = { name: 'm', cite: 'Nobody 2026', direction: 'higher', range: [0, 1], measure: oh }
const trial: Trial = { targets: oh, method: oh }
const check: Check = {
  name: 'c',
  cite: 'Nobody 2026',
  draws: 1,
  criterion: { figure: 'gap', threshold: 0, passes: 'above' },
  figures: [{ name: 'gap', cite: 'Nobody 2026', compare: oh }],
  steps: oh,
  trial: () => trial
}
const given = [null, 0, 0, null] as unknown as Parameters<Check['trial']>

/** What a plugin brings, as it comes out of the registries. */
function brought(entries: Omit<Plugin, 'name'>) {
  const agon = createAgon({ plugins: [{ name: 'p', ...entries }] })
  return {
    similarity: () => agon.similarities.get('s'),
    metric: () => agon.metrics.get('m').create(),
    check: () => agon.checks.get('c').create()
  }
}
const made = brought({
  similarities: [similarity],
  metrics: [{ name: 'm', create: () => metric }],
  checks: [{ name: 'c', create: () => check }]
})
const blamed = (what: string, found = 'TypeError: oh, which it threw') =>
  expect.objectContaining({ code: 'AGON_BAD_PLUGIN', what: `${what} of plugin 'p'`, found }) as Error

describe('what a plugin throws carries its name', () => {
  it('in a similarity', () => {
    expect(() => made.similarity().compare(new Float32Array(1), new Float32Array(1), [1])).toThrow(
      blamed("similarity 's'")
    )
  })

  it('in a metric, and where it is made', async () => {
    await expect(made.metric().measure({} as never)).rejects.toThrow(blamed("metric 'm'"))
    expect(brought({ metrics: [{ name: 'm', create: oh }] }).metric).toThrow(blamed("metric 'm'"))
    const none = brought({ metrics: [{ name: 'm', create: () => ({ name: 'm' }) as never }] })
    expect(none.metric).toThrow("metric 'm' of plugin 'p': expected an object with 'measure', a function, found object")
  })

  it('in a check, its trials and its figures, and where it is made', async () => {
    const one = made.check()
    expect(() => one.steps({} as never)).toThrow(blamed("check 'c'"))
    const { targets, method } = await one.trial(...given)
    expect(() => targets!({} as never)).toThrow(blamed("check 'c'"))
    expect(() => method!({ name: 'x' })).toThrow(blamed("check 'c'"))
    expect(() => one.figures![0]!.compare(new Float32Array(1), new Float32Array(1), [1])).toThrow(blamed("check 'c'"))
    const thrown = brought({ checks: [{ name: 'c', create: () => ({ ...check, trial: oh }) }] }).check()
    await expect(thrown.trial(...given)).rejects.toThrow(blamed("check 'c'"))
    expect(brought({ checks: [{ name: 'c', create: oh }] }).check).toThrow(blamed("check 'c'"))
    const none = { ...check, trial: undefined } as unknown as Check
    expect(brought({ checks: [{ name: 'c', create: () => none }] }).check).toThrow(
      "check 'c' of plugin 'p': expected an object with 'trial', a function, found object"
    )
  })

  it('in what a trial makes of a method, which stays one value', async () => {
    const broken = { name: 'broken', attribute: oh }
    const wrapping = { ...check, trial: () => ({ method: () => broken }) }
    const wrapped = brought({ checks: [{ name: 'c', create: () => wrapping }] }).check()
    const [first, second] = [await wrapped.trial(...given), await wrapped.trial(...given)]
    const method = first.method!({ name: 'x' })
    await expect(method.attribute!({} as never)).rejects.toThrow(blamed("check 'c'"))
    expect(second.method!({ name: 'y' })).toBe(method)
    const same = { ...check, trial: (): Trial => ({ method: (each) => each }) }
    const own = { name: 'x' }
    const kept = await brought({ checks: [{ name: 'c', create: () => same }] })
      .check()
      .trial(...given)
    expect(kept.method!(own)).toBe(own)
  })
})

it('a session of a plugin takes contests back where its engine does', async () => {
  const taken: unknown[] = []
  const plain = { model: {}, forward: oh, vjp: oh, contest: oh, dispose: oh } as unknown as Session
  const sessionOf = async (session: Session): Promise<Session> => {
    const entry = { name: 'e', create: () => ({ name: 'e', load: async () => session }) }
    const engine = await createAgon({ plugins: [{ name: 'p', engines: [entry] }] })
      .engines.get('e')
      .create()
    return engine.load({} as never)
  }
  const contest = {} as Contest
  const taking = await sessionOf({ ...plain, recycle: (each) => void taken.push(each) })
  taking.recycle!(contest)
  expect(taken).toEqual([contest])
  expect(taken[0]).toBe(contest)
  expect((await sessionOf(plain)).recycle).toBeUndefined()
  const broken = await sessionOf({ ...plain, recycle: oh })
  expect(() => broken.recycle!(contest)).toThrow(blamed("engine 'e'"))
})

it('what a plugin brings keeps its facts, of an instance of a class, too', async () => {
  class Facts {
    get name() {
      return 'm'
    }
    get cite() {
      return 'Nobody 2026'
    }
    get direction() {
      return 'lower' as const
    }
    get range(): readonly [number, number] {
      return [0, 2]
    }
    get options() {
      return { n: 1 }
    }
    async measure() {
      return [{ value: this.options.n, samples: 1 }]
    }
  }
  const { measure, ...facts } = brought({ metrics: [{ name: 'm', create: () => new Facts() }] }).metric()
  expect(await measure({} as never)).toEqual([{ value: 1, samples: 1 }])
  expect(facts).toEqual({ name: 'm', cite: 'Nobody 2026', direction: 'lower', range: [0, 2], options: { n: 1 } })
  expect({ ...made.similarity(), compare: oh }).toEqual(similarity)
  const { figures, options, ...rest } = made.check()
  expect({ ...rest, steps: oh, trial: check.trial }).toEqual({ ...check, figures: undefined })
  expect([figures!.map(({ name }) => name), options]).toEqual([['gap'], undefined])
})
