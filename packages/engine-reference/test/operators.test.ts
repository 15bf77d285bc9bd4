import { operatorNames, schemaOf } from '@agon/graph'
import { modelOf, opCases, type ModelBuilder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { compile, operators, runBackward, runForward } from '../src/index.js'

/** Operators in the case models as the engine sees them: folded, expanded, simplified. */
const seen = new Set(opCases.flatMap((row) => compile(row.model, row.inputShape).model.nodes.map(({ op }) => op)))

describe('the table of operators', () => {
  it.each(operatorNames())('%s has a case, and specialization leaves only what the engine runs', (op) => {
    const rows = opCases.filter((row) => row.model.nodes.some((node) => node.op === op))
    expect(rows.length).toBeGreaterThan(0)
    // `compile` throws for an operator that is left and not in the table.
    for (const row of rows) expect(compile(row.model, row.inputShape).model.nodes.length).toBeGreaterThan(0)
  })

  it('holds nothing else: every entry is run by a case and is a differentiable operator of the schema', () => {
    for (const op of Object.keys(operators)) {
      expect([...seen]).toContain(op)
      expect(schemaOf(op)?.derivative).not.toBe('none')
    }
  })
})

describe('values and derivatives far out are finite', () => {
  it.each(opCases.filter(({ name }) => / far/.test(name)))('$name', (row) => {
    const program = compile(row.model, row.inputShape)
    const values = runForward(program, row.input(1).data)
    const y = values.get(program.model.outputs[0]!.name)!
    expect(y.every(Number.isFinite)).toBe(true)
    expect(
      runBackward(
        program,
        values,
        y.map(() => 1),
        'x'
      ).every(Number.isFinite)
    ).toBe(true)
  })
})

/** dy/dx at given points of an elementwise case whose node has no other input. */
function slopes(name: string, points: readonly number[]): number[] {
  const row = opCases.find((candidate) => candidate.name === name)!
  const program = compile({ ...row.model, inputs: [{ name: 'x', dtype: 'float32', shape: [1, points.length] }] }, [
    1,
    points.length
  ])
  const values = runForward(program, points)
  return [...runBackward(program, values, new Float64Array(points.length).fill(1), 'x')]
}

describe('derivatives at kinks', () => {
  it.each([
    ['Relu: smooth', [-1, 0, 1], [0, 0, 1]],
    ['LeakyRelu: smooth, alpha 0.3', [-1, 0, 1], [0.3, 0.3, 1]],
    ['ThresholdedRelu: smooth', [0, 1, 2], [0, 0, 1]],
    ['Elu: smooth, alpha 0.7', [0, 1], [0.7, 1]],
    ['HardSigmoid: smooth, alpha 0.5, beta 0.5', [-1, 0, 1], [0, 0.5, 0]],
    ['HardSwish: smooth', [-3, 0, 3], [0, 0.5, 1]],
    ['Abs: smooth', [-2, 0, 2], [-1, 0, 1]],
    ['Sign: away from 0', [-2, 0, 2], [0, 0, 0]],
    ['Clip: both ends', [-1.5, -1, 0, 1.25, 1.5], [0, 1, 1, 1, 0]]
  ])('%s', (name, points, expected) => {
    expect(slopes(name, points)).toEqual(expected.map((slope) => expect.closeTo(slope, 6)))
  })
})

describe('equal values', () => {
  const gradient = (build: (b: ModelBuilder) => string, shape: readonly number[], x: readonly number[]): number[] => {
    const program = compile(modelOf('ties', shape, build), [1, ...shape])
    const values = runForward(program, x)
    const y = values.get(program.model.outputs[0]!.name)!
    return [...runBackward(program, values, new Float64Array(y.length).fill(1), 'x')]
  }

  it('share the derivative of ReduceMax, ReduceMin, Max and Min', () => {
    expect(gradient((b) => b.add('ReduceMax', [b.input, b.integers([1])]), [4], [3, 1, 3, 3])).toEqual([
      1 / 3,
      0,
      1 / 3,
      1 / 3
    ])
    expect(gradient((b) => b.add('ReduceMin', [b.input, b.integers([1])]), [3], [1, 1, 2])).toEqual([0.5, 0.5, 0])
    expect(
      gradient((b) => b.add('Max', b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 })), [2], [5, 5])
    ).toEqual([0.5, 0.5])
    expect(gradient((b) => b.add('Min', [b.input, b.floats([], [5])]), [2], [5, 4])).toEqual([0.5, 1])
  })

  it('give all of it to the first in MaxPool and GlobalMaxPool', () => {
    expect(gradient((b) => b.add('MaxPool', [b.input], { kernel_shape: [3] }), [1, 3], [1, 2, 2])).toEqual([0, 1, 0])
    expect(gradient((b) => b.add('GlobalMaxPool', [b.input]), [1, 4], [0, 7, 7, 7])).toEqual([0, 1, 0, 0])
  })
})
