import type { Session, Tensor } from '@agon/core'
import { expect } from './expect.js'
import { tinyCnn } from '../tiny-models.js'
import type { Checks } from './check.js'
import { allLabels, inputFor, rejection, withSession, type Subject } from './subject.js'

const tiny = tinyCnn()
const { model } = tiny
const input = inputFor(tiny, 2)
const labels = allLabels(tiny.labels, 2)
const short = { shape: input.shape, data: input.data.subarray(1) }
const twice = [
  [0, 1],
  [1, 2]
]

type Call = (session: Session) => Promise<unknown>

const badInputs: Readonly<Record<string, Call>> = {
  'an input without a batch axis': (s) => s.forward({ shape: [3, 8, 8], data: input.data.subarray(0, 192) }),
  'an input of other extents': (s) => s.forward({ shape: [2, 3, 4, 16], data: input.data }),
  'an input of no examples': (s) => s.forward({ shape: [0, 3, 8, 8], data: new Float32Array(0) }),
  'fewer values than the shape says': (s) => s.forward(short),
  'cotangents of another shape': (s) => s.vjp(input, { shape: [1, 2, 5], data: new Float32Array(10) }),
  'cotangents for another batch': (s) => s.vjp(input, { shape: [1, 1, 7], data: new Float32Array(7) }),
  'no cotangents': (s) => s.vjp(input, { shape: [0, 2, 7], data: new Float32Array(0) }),
  'a label beyond the last': (s) => s.vjp(input, { labels: [[0], [7]] }),
  'a negative label': (s) => s.contest(input, [[0], [-1]]),
  'half a label': (s) => s.contest(input, [[0.5], [1]]),
  'no labels': (s) => s.contest(input, [[], []]),
  'labels for another batch': (s) => s.contest(input, [[0, 1]]),
  'different numbers of labels': (s) => s.vjp(input, { labels: [[0, 1], [0]] }),
  'maps of labels that do not compete': (s) => s.contest(input, twice, { maps: [[0], [0]] }),
  'maps for another batch': (s) => s.contest(input, twice, { maps: [[0]] }),
  'a baseline of another size': (s) =>
    s.contest(input, twice, {
      multiply: 'input-minus-baseline',
      baseline: { shape: [1, 3], data: new Float32Array(3) }
    })
}

const others: Readonly<Record<string, readonly [string, Call]>> = {
  'NaN in the input': ['AGON_NOT_FINITE', (s) => s.forward(spoilt(input, NaN))],
  'infinity in the input of a contest': ['AGON_NOT_FINITE', (s) => s.contest(spoilt(input, Infinity), labels)],
  'NaN in cotangents': [
    'AGON_NOT_FINITE',
    (s) => s.vjp(input, spoilt({ shape: [1, 2, 7], data: new Float32Array(14) }, NaN))
  ],
  'an unknown value to read': ['AGON_UNKNOWN_NAME', (s) => s.forward(input, { at: 'nothing' })],
  'an unknown value to differentiate at': ['AGON_UNKNOWN_NAME', (s) => s.vjp(input, { labels }, { wrt: 'nothing' })],
  'a sum over the batch': ['AGON_BAD_OPTION', (s) => s.contest(input, labels, { sumAxis: 0 })],
  'a sum over an axis that is not there': ['AGON_BAD_OPTION', (s) => s.contest(input, labels, { sumAxis: 4 })],
  'an unknown backward rule': [
    'AGON_NO_RULE',
    (s) => s.vjp(input, { labels }, { rules: { byOp: { Relu: 'no-such-rule' } } })
  ],
  'an unknown backward rule in a contest': [
    'AGON_NO_RULE',
    (s) => s.contest(input, labels, { rules: { byNode: { [model.nodes[0]!.name]: 'no-such-rule' } } })
  ],
  'a budget of one byte in a VJP': ['AGON_OUT_OF_BUDGET', (s) => s.vjp(input, { labels }, { memory: 1 })],
  'a budget of one byte in a contest': ['AGON_OUT_OF_BUDGET', (s) => s.contest(input, labels, { memory: 1 })]
}

/** The tensor with its third value replaced. */
function spoilt({ shape, data }: Tensor, by: number): Tensor {
  return { shape, data: data.map((value, i) => (i === 2 ? by : value)) }
}

/** What must be refused, with which code. */
export function refusalChecks({ check }: Checks, { engine }: Subject): void {
  const table = {
    ...Object.fromEntries(Object.entries(badInputs).map(([what, call]) => [what, ['AGON_BAD_INPUT', call] as const])),
    ...others
  }
  for (const [what, [code, call]] of Object.entries(table)) {
    check(`refuses ${what}`, async () => {
      await withSession(engine, model, async (session) => expect(await rejection(call(session))).toBe(code))
    })
  }

  check('refuses unknown operators when it loads, naming every node', async () => {
    const nodes = model.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Frobnicate' } : node))
    const broken = nodes.filter(({ op }) => op === 'Frobnicate').map(({ name }) => name)
    const error = await engine.load({ ...model, nodes }).then(
      () => undefined,
      (reason: unknown) => reason as { code?: unknown; message: string }
    )
    expect(error?.code).toBe('AGON_UNSUPPORTED_OPERATOR')
    expect(broken.length).toBeGreaterThan(1)
    for (const name of broken) expect(error?.message).toContain(name)
  })

  check('refuses a model of two inputs', async () => {
    const inputs = [...model.inputs, { name: 'second', dtype: 'float32', shape: ['N', 1] }] as const
    const run = async () => withSession(engine, { ...model, inputs }, (session) => session.forward(input))
    expect(await rejection(run())).toBe('AGON_BAD_MODEL')
  })
}
