import type { Engine, Session, Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { opCases, testEngine, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { failures } from './collect.js'

const oracle = createReferenceEngine()
const cases = opCases.filter(({ name }) => name === opCases[0]!.name)

/** The reference engine with calls of its sessions replaced. */
const broken = (change: (session: Session) => Partial<Session>): Engine => ({
  name: 'broken',
  load: async (model) => {
    const session = await oracle.load(model)
    return { ...bound(session), ...change(session) }
  }
})

function bound(session: Session): Session {
  return {
    model: session.model,
    ...(session.precisions && { precisions: session.precisions }),
    forward: (...given) => session.forward(...given),
    vjp: (...given) => session.vjp(...given),
    contest: (...given) => session.contest(...given),
    dispose: () => session.dispose()
  }
}

const scaled = ({ shape, data }: Tensor, by: number): Tensor => ({ shape, data: data.map((value) => value * by) })

const engines: readonly (readonly [what: string, engine: Engine, fails: RegExp])[] = [
  [
    'logits that are off',
    broken((s) => ({ forward: async (...a) => scaled(await s.forward(...a), 1.01) })),
    /logits and all gradients equal the oracle's/
  ],
  ['gradients that are off', broken((s) => ({ vjp: async (...a) => scaled(await s.vjp(...a), 1.01) })), /: VJP$/],
  [
    'gradients that see the batch',
    broken((s) => ({ vjp: async (x, ...a) => scaled(await s.vjp(x, ...a), 1 + 1e-6 * (x.shape[0]! - 1)) })),
    /results do not depend on the rest of the batch/
  ],
  [
    'gradients that see the budget',
    broken((s) => ({ vjp: async (x, c, o) => scaled(await s.vjp(x, c, o), o?.memory === undefined ? 1 : 1.001) })),
    /do not depend on the memory budget/
  ],
  [
    'a contest whose second best is another',
    broken((s) => ({
      contest: async (...a) => {
        const contest = await s.contest(...a)
        return { ...contest, runnerUp: contest.worst }
      }
    })),
    /is the fold of the gradients, bit for bit/
  ],
  [
    'seeds of the logit that are 1',
    broken((s) => ({ vjp: (x, c, o) => s.vjp(x, 'labels' in c ? { labels: c.labels } : c, o) })),
    /scale 'logit' seeds with the logit/
  ],
  [
    'deaf ears to an abort',
    broken((s) => ({ forward: (x, o) => s.forward(x, o?.at === undefined ? {} : { at: o.at }) })),
    /forward does not start when it is aborted before/
  ],
  [
    'no progress',
    broken((s) => ({ vjp: (x, c, o = {}) => s.vjp(x, c, { ...o, onProgress: () => undefined }) })),
    /vjp reports its progress/
  ],
  [
    'a hand in the input',
    broken((s) => ({ contest: (x, ...a) => ((x.data[0] = x.data[0]! + 1), s.contest(x, ...a)) })),
    /inputs are not written to/
  ],
  ['sessions that live on', broken(() => ({ dispose: () => undefined })), /a disposed session refuses every call/],
  [
    'rules that nobody knows',
    broken((s) => ({ vjp: (x, c, o = {}) => s.vjp(x, c, o.rules ? {} : o) })),
    /refuses an unknown backward rule$/
  ],
  [
    'operators that nobody knows',
    {
      name: 'broken',
      load: (model) =>
        oracle.load({
          ...model,
          nodes: model.nodes.map((node) => (node.op === 'Frobnicate' ? { ...node, op: 'Relu' } : node))
        })
    },
    /refuses unknown operators when it loads/
  ]
]

describe('testEngine', () => {
  const suite = (engine: Engine, matching?: RegExp) =>
    failures(
      (runner) => testEngine(engine, { oracle, runner, cases, models: [tinyMlp()], budgets: [2 ** 20] }),
      matching
    )

  it('finds nothing wrong with the reference engine', async () => {
    expect(await suite(broken(() => ({})))).toEqual(new Map())
  })

  it.each(engines)('finds %s', async (_, engine, fails) => {
    expect((await suite(engine, fails)).size).toBeGreaterThan(0)
  })
})
