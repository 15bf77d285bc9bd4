import { example, tensor, type BackwardRules, type Contest, type Session, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { opCases, relativeError, tinyModels } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'

const composites: readonly string[] = ['rescale', 'reveal-cancel']
const operators = [...new Set(opCases.map(({ op }) => op))]
const oracle = createReferenceEngine()

/** Multipliers by both engines, of one dense cotangent, against a baseline, or the code of the refusal. */
async function both(model: Parameters<typeof oracle.load>[0], rules: BackwardRules, input: Tensor, baseline: Tensor) {
  const sessions = [await cpuEngine().load(model), await oracle.load(model)]
  const { shape } = await sessions[1]!.forward(input)
  const cotangents = randomTensor([1, ...shape], 5)
  const run = (session: Session) =>
    session.vjp(input, cotangents, { rules, baseline }).then(
      ({ data }) => ({ data, code: undefined }),
      ({ code }: { code: string }) => ({ data: new Float32Array(), code })
    )
  const [found, expected] = [await run(sessions[0]!), await run(sessions[1]!)]
  sessions[0]!.dispose()
  return { found, expected }
}

describe.each(composites)('the rule %s', (composite) => {
  it.each(operators)('has the multipliers of the reference engine on %s', async (op) => {
    for (const { name, model, input } of opCases.filter((opCase) => opCase.op === op)) {
      const { found, expected } = await both(model, { composite }, input(11), input(12))
      expect(found.code, name).toBe(expected.code)
      if (expected.code === undefined) expect(relativeError(found.data, expected.data), name).toBeLessThan(1e-4)
    }
  })

  it.each(tinyModels().map((tiny) => [tiny.model.name, tiny] as const))('and on %s', async (_, tiny) => {
    const shape = [1, ...tiny.inputShape.slice(1)]
    const { found, expected } = await both(tiny.model, { composite }, randomTensor(shape, 1), randomTensor(shape, 2))
    expect(expected.code).toBeUndefined()
    expect(relativeError(found.data, expected.data)).toBeLessThan(1e-4)
  })
})

describe.each(composites)('by %s the bits are the same', (composite) => {
  const K = 70
  const [input, baseline] = [randomTensor([3, 3, 12, 12], 1), randomTensor([3, 3, 12, 12], 2)]
  const labels = [range(K), range(K), range(K)]
  const maps = [[1], [2], [69]]
  const multiply = 'input-minus-baseline'

  async function contestOf(session: Session, n?: number, memory?: number): Promise<Contest> {
    const pick = <T>(of: readonly T[]): readonly T[] => (n === undefined ? of : [of[n]!])
    const at = (of: Tensor): Tensor => (n === undefined ? of : example(of, n))
    const budget = memory === undefined ? {} : { memory }
    const options = { rules: { composite }, multiply, baseline: at(baseline), sumAxis: 1, maps: pick(maps) } as const
    return session.contest(at(input), pick(labels), { ...options, ...budget })
  }

  function expectSame(found: Contest, expected: Contest, n?: number): void {
    const size = expected.best.length / 3
    for (const name of ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const) {
      const wanted = n === undefined ? expected[name] : expected[name].slice(n * size, (n + 1) * size)
      expect(sameBits(found[name], wanted), name).toBe(true)
    }
  }

  it('for any threads, byte budget and batch', async () => {
    const session = await load(smallNet(K), 1)
    const expected = await contestOf(session)
    for (const threads of [2, 5]) expectSame(await contestOf(await load(smallNet(K), threads)), expected)
    for (const n of [0, 1, 2]) expectSame(await contestOf(session, n), expected, n)
    const refused: unknown = await contestOf(session, undefined, 1).catch((thrown: unknown) => thrown)
    const least = Math.max(...(refused as Error).message.match(/\d+/g)!.map(Number))
    for (const times of [1.5, 2, 7]) expectSame(await contestOf(session, undefined, Math.ceil(times * least)), expected)
  })

  it('whether all labels contest or each goes alone', async () => {
    const session = await load(smallNet(K), 2)
    const contest = await contestOf(session)
    const { data } = await session.vjp(input, { labels: maps }, { rules: { composite }, baseline })
    const size = 3 * 144
    for (const n of [0, 1, 2]) {
      const own = data.subarray(n * size, (n + 1) * size)
      const summed = new Float32Array(144)
      for (let c = 0; c < 3; c++) {
        for (let i = 0; i < 144; i++) {
          const at = n * size + c * 144 + i
          const rise = Math.fround(input.data[at]! - baseline.data[at]!)
          summed[i] = summed[i]! + Math.fround(own[c * 144 + i]! * rise)
        }
      }
      expect(sameBits(contest.maps.data.slice(n * 144, (n + 1) * 144), summed)).toBe(true)
    }
  })

  it('and one example is not what its neighbours are', async () => {
    const session = await load(smallNet(K), 1)
    const lone = tensor([1, 3, 12, 12], input.data.slice(0, 432))
    const found = await session.vjp(lone, { labels: [[5]] }, { rules: { composite }, baseline: example(baseline, 0) })
    const among = await session.vjp(input, { labels: [[5], [5], [5]] }, { rules: { composite }, baseline })
    expect(sameBits(found.data, among.data.slice(0, 432))).toBe(true)
  })
})
