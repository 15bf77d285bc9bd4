import { describe, expect, it } from 'vitest'
import { schemaOf, specialize } from '../src/index.js'
import { integers, modelOf, node, singleModel } from './models.js'

const ops = (op: string, shape: number[], options: Parameters<typeof singleModel>[2] = {}) => {
  const model = specialize(singleModel(op, shape, options), shape)
  for (const { op: part } of model.nodes) expect(schemaOf(part)).toBeDefined()
  return { ops: model.nodes.map((part) => part.op), last: model.nodes.at(-1)!, shape: model.shapes.get('y0') }
}

describe('composite operators', () => {
  it('become simpler ones; the last keeps name and output', () => {
    const l2 = ops('ReduceL2', [1, 3], { constants: [integers(1)], attributes: { keepdims: 0 } })
    expect(l2).toMatchObject({ ops: ['Mul', 'ReduceSum', 'Sqrt'], shape: [1], last: { name: 'y0', outputs: ['y0'] } })
    expect(ops('ReduceL1', [1, 3])).toMatchObject({ ops: ['Abs', 'ReduceSum'], shape: [1, 1] })
    expect(ops('ReduceSumSquare', [1, 3])).toMatchObject({ ops: ['Mul', 'ReduceSum'], shape: [1, 1] })
    expect(ops('ReduceLogSum', [1, 3])).toMatchObject({ ops: ['ReduceSum', 'Log'], shape: [1, 1] })
    expect(ops('ReduceLogSumExp', [1, 3], { attributes: { keepdims: 0 } })).toMatchObject({
      ops: ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Log', 'Squeeze', 'Add'],
      shape: []
    })
    expect(ops('ReduceProd', [1, 3], { constants: [integers(1)], attributes: { keepdims: 0 } })).toMatchObject({
      ops: ['Split', 'Mul', 'Mul', 'Squeeze'],
      shape: [1]
    })
    expect(ops('MeanVarianceNormalization', [1, 2, 3, 3])).toMatchObject({ shape: [1, 2, 3, 3] })
    expect(ops('LpPool', [1, 1, 4], { attributes: { kernel_shape: [2], strides: [2] } })).toMatchObject({
      ops: ['Mul', 'AveragePool', 'Mul', 'Sqrt'],
      shape: [1, 1, 2]
    })
    expect(specialize(modelOf([node('Mean', ['x', 'x'], ['y'])]), [1, 3]).nodes.map(({ op }) => op)).toEqual([
      'Sum',
      'Div'
    ])
  })
  it('never collide with names in use', () => {
    const nodes = [{ ...node('Neg', ['x'], ['y0/Abs']), name: 'y0/ReduceSum' }, node('ReduceL1', ['y0/Abs'], ['y0'])]
    const model = specialize(modelOf(nodes), [1, 3])
    expect(model.nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual([
      ['y0/ReduceSum', 'y0/Abs'],
      ['y0/Abs_2', 'y0/Abs_2'],
      ['y0', 'y0']
    ])
  })
  it('refuse what they do not cover', () => {
    expect(() => ops('ReduceProd', [1, 65])).toThrow(/1 to 64 factors per axis, found 65/)
    expect(() => ops('LpPool', [1, 1, 4], { attributes: { kernel_shape: [2], ceil_mode: 1 } })).toThrow(/ceil_mode/)
  })
})
