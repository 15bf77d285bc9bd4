import { describe, expect, it } from 'vitest'
import { functions } from '../lib/functions.js'
import { tryLoadAddon } from '../lib/index.js'
import { kinds } from '../lib/kinds.js'
import { cpuEngine } from './helpers.js'

const relu = {
  kind: kinds.indexOf('Unary'),
  inputs: Int32Array.of(0),
  outputs: Int32Array.of(1),
  ints: Int32Array.of(0),
  numbers: new Float32Array(),
  tables: []
}
const program = { sizes: Float64Array.of(4, 4), constants: [null, null], instructions: [relu], input: 0, output: 1 }

/** What a slip in lib/ would hand over: refused with an error, never a crash. */
const bad: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['an empty object', {}],
  ['sizes of another length', { ...program, sizes: Float64Array.of(4) }],
  ['sizes of another type', { ...program, sizes: [4, 4] }],
  ['a negative size', { ...program, sizes: Float64Array.of(4, -4) }],
  ['an enormous size', { ...program, sizes: Float64Array.of(2 ** 52, 2 ** 52) }],
  ['sizes that contradict each other', { ...program, sizes: Float64Array.of(4, 5) }],
  ['constants of another type', { ...program, constants: [null, new Float64Array(4)] }],
  ['an input that does not exist', { ...program, input: 7 }],
  ['an output that does not exist', { ...program, output: -1 }],
  ['instructions that are no objects', { ...program, instructions: [5] }],
  ['an unknown kind', { ...program, instructions: [{ ...relu, kind: 99 }] }],
  ['an unknown function', { ...program, instructions: [{ ...relu, ints: Int32Array.of(99) }] }],
  ['a value out of range', { ...program, instructions: [{ ...relu, inputs: Int32Array.of(2) }] }],
  ['a list in place of a typed array', { ...program, instructions: [{ ...relu, ints: [0] }] }],
  ['tables in place of none', { ...program, instructions: [{ ...relu, tables: 3 }] }]
]

const choices = { waist: 0, meet: 0, batch: 0 }

describe('the boundary to C++', () => {
  const engine = cpuEngine()
  const { NativeSession, NativeLearner, createPool } = tryLoadAddon({ addon: engine.addon }).addon!
  const make = (given: unknown) => new NativeSession(given as typeof program, createPool(1), choices)

  it.each(bad)('refuses %s', (_, given) => {
    expect(() => make(given)).toThrow()
  })

  it('runs the program that these are slips of', async () => {
    const out = new Float32Array(4)
    await make(program).forward(Float32Array.of(-1, 2, -3, 4), 1, 1, out)!.promise
    expect([...out]).toEqual([0, 2, 0, 4])
  })

  it('refuses arrays that are too short, and values that do not exist', () => {
    const session = make(program)
    const input = new Float32Array(4)
    expect(() => session.forward(input, 2, 1, new Float32Array(8))).toThrow(/input/)
    expect(() => session.forward(input, 1, 1, new Float32Array(3))).toThrow(/out/)
    expect(() => session.forward(input, 1, 9, new Float32Array(4))).toThrow()
    const seeds = { count: 2, labels: Int32Array.of(0), scaleByLogit: false }
    expect(() => session.vjp(input, 1, seeds, 0, new Float32Array(8), 2 ** 20, 0, undefined)).toThrow(/labels/)
  })

  it('refuses learners of programs and parameters that contradict each other', async () => {
    const sum = {
      ...program,
      sizes: Float64Array.of(4, 4, 4),
      constants: [null, null, new Float32Array(4)],
      instructions: [
        {
          ...relu,
          kind: kinds.indexOf('Binary'),
          inputs: Int32Array.of(0, 2),
          ints: Int32Array.of(functions.indexOf('Add'))
        }
      ]
    }
    const pool = createPool(1)
    const learner = new NativeLearner(sum, Int32Array.of(2, 0), pool)
    const out = new Float64Array(2)
    await learner.pass(Float32Array.of(1, 2, 3, 4), Int32Array.of(3), out).promise
    expect(out[1]).toBe(1)
    expect(() => learner.pass(new Float32Array(7), Int32Array.of(0, 1), out)).toThrow(/example per label/)
    expect(() => learner.pass(new Float32Array(4), Int32Array.of(0), new Float64Array(1))).toThrow(/out/)
    await expect(learner.pass(new Float32Array(4), Int32Array.of(4), out).promise).rejects.toThrow(/label/)
    expect(() => learner.update(new Float64Array(5))).toThrow(/step/)
    expect(() => learner.read(4, 0, new Float32Array(4))).toThrow(/part/)
    expect(() => learner.read(0, 1, new Float32Array(4))).toThrow(/parameter/)
    expect(() => learner.write(0, 0, new Float32Array(3))).toThrow(/array/)
    for (const parameters of [Int32Array.of(0, 0), Int32Array.of(7, 0), Int32Array.of(2, 0, 2, 0)])
      expect(() => new NativeLearner(sum, parameters, pool)).toThrow(/parameter/)
    for (const [, given] of bad)
      expect(() => new NativeLearner(given as typeof program, Int32Array.of(), pool)).toThrow()
    expect(() => new NativeLearner(sum, Int32Array.of(2, 0), {} as never)).toThrow()
    learner.dispose()
    expect(() => learner.read(0, 0, new Float32Array(4))).toThrow(/dispose/)
  })

  it('refuses a session made without a pool or with choices that do not exist, and calls on other objects', () => {
    expect(() => new NativeSession(program, {} as never, choices)).toThrow()
    expect(() => new NativeSession(program, createPool(1), { ...choices, batch: 3 })).toThrow(/batch/)
    expect(() => new NativeSession(program, createPool(1), undefined as never)).toThrow(/choices/)
    expect(() => NativeSession.prototype.dispose.call({} as never)).toThrow()
  })
})
