import { createRandom, sizeOf } from '@agon/core'
import { finiteDifference, opCases, relativeError, type OpCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { compile, runBackward, runForward, type Program, type Values } from '../src/index.js'

/** Cases whose float constants say how and not what, or (exponents of a negative base) have no derivative at all. */
const withoutWeights = (row: OpCase): boolean =>
  row.op === 'Resize' || row.op === 'Pad' || (row.op === 'Pow' && row.name.includes('any sign'))

/** u . f, the output of a model weighed by random cotangents u. */
function weighed(program: Program, x: ArrayLike<number>, cotangent: Values): number {
  const y = runForward(program, x).get(program.model.outputs[0]!.name)!
  return y.reduce((sum, value, i) => sum + value * cotangent[i]!, 0)
}

function prepared(row: OpCase) {
  const program = compile(row.model, row.inputShape)
  const x = Float64Array.from(row.input(1).data)
  const random = createRandom(2)
  const output = program.model.shapes.get(program.model.outputs[0]!.name)!
  const cotangent = new Float64Array(sizeOf(output)).map(() => random.normal())
  return { program, x, cotangent, values: runForward(program, x) }
}

describe('the derivative of every smooth operator case equals finite differences in float64', () => {
  it.each(opCases.filter(({ smooth }) => smooth))('$name', (row) => {
    const { program, x, cotangent, values } = prepared(row)
    const expected = finiteDifference((moved) => weighed(program, moved, cotangent), x)
    const gradient = runBackward(program, values, cotangent, program.model.inputs[0]!.name)
    expect(relativeError(gradient, expected)).toBeLessThan(1e-8)
  })
})

describe('the derivative with respect to weights equals finite differences in float64', () => {
  const rows = opCases.filter((row) => row.smooth && !withoutWeights(row))
  const withWeights = rows.flatMap((row) =>
    [...compile(row.model, row.inputShape).model.constants]
      .filter(([, { dtype, data }]) => dtype === 'float32' && data.length > 0)
      .map(([name]) => ({ row, name, title: `${row.name}, ${name}` }))
  )
  it.each(withWeights)('$title', ({ row, name }) => {
    const { program, x, cotangent, values } = prepared(row)
    const expected = finiteDifference(
      (moved) => weighed({ ...program, constants: new Map([...program.constants, [name, moved]]) }, x, cotangent),
      program.constants.get(name)!
    )
    expect(relativeError(runBackward(program, values, cotangent, name), expected)).toBeLessThan(1e-8)
  })
})
