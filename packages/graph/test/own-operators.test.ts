import type { Model } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  maxWindows,
  operatorNames,
  replaceNodes,
  schemaOf,
  specialize,
  standardOperators,
  validate
} from '../src/index.js'
import { modelOf, node, singleModel } from './models.js'

const ops = (model: Model): readonly string[] => model.nodes.map(({ op }) => op)
const soft = (attributes: Model['nodes'][number]['attributes']): Model =>
  singleModel('Softclip', [1, 3], { attributes })
const pool = { kernel_shape: [2, 3], temperature: 2 }

describe('operators of our own', () => {
  it('are of their own domain', () => {
    expect(operatorNames().filter((op) => schemaOf(op)!.domain === 'agon')).toEqual(
      expect.arrayContaining(['GlobalLogSumExpPool', 'LogSumExpPool', 'Softclip'])
    )
    expect(schemaOf('MaxPool')!.domain).toBe('')
  })

  it('have the windows of the pooling that they stand for', () => {
    const attributes = { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], ceil_mode: 1 }
    const [sharp, smooth] = ['MaxPool', 'LogSumExpPool'].map((op) => {
      const given = op === 'MaxPool' ? attributes : { ...attributes, temperature: 1 }
      return specialize(singleModel(op, [1, 2, 6, 7], { attributes: given }), [1, 2, 6, 7])
    })
    expect(smooth!.shapes.get('y0')).toEqual(sharp!.shapes.get('y0'))
    expect(maxWindows(smooth!.nodes[0]!, smooth!)).toEqual(maxWindows(sharp!.nodes[0]!, sharp!))
  })

  it.each([
    ['beta 0', soft({ beta: 0 }), /attribute 'beta' of Softclip node 'y0': expected a finite number > 0, found 0/],
    ['no beta', soft({}), /attribute 'beta' is absent/],
    ['crossed bounds', soft({ beta: 1, min: 2, max: 1 }), /finite numbers, min < max, found 2 and 1/],
    ['an infinite bound', soft({ beta: 1, max: Infinity }), /finite numbers, min < max, found Infinity/],
    [
      'a temperature below 0',
      singleModel('LogSumExpPool', [1, 1, 4, 4], { attributes: { ...pool, temperature: -1 } }),
      /attribute 'temperature' of LogSumExpPool node 'y0': expected a finite number > 0, found -1/
    ],
    [
      'a temperature that is not finite',
      singleModel('GlobalLogSumExpPool', [1, 1, 4, 4], { attributes: { temperature: Infinity } }),
      /attribute 'temperature' of GlobalLogSumExpPool node 'y0'/
    ]
  ])('refuse %s', (_, model, says) => {
    expect(() => specialize(model, model.inputs[0]!.shape.map(Number))).toThrow(says)
  })
})

describe('standardOperators', () => {
  it('puts operators of ONNX in their place, which keep name and output', () => {
    const both = standardOperators(soft({ beta: 4, min: -1, max: 2 }))
    expect(ops(both)).toEqual(['Clip', 'Sub', 'Mul', 'Softplus', 'Div', 'Sub', 'Mul', 'Softplus', 'Div', 'Sub', 'Add'])
    expect(both.nodes.at(-1)).toMatchObject({ name: 'y0', outputs: ['y0'] })
    expect(ops(standardOperators(soft({ beta: 4, min: 0 })))).toEqual(['Mul', 'Softplus', 'Div'])
    for (const op of ops(standardOperators(singleModel('LogSumExpPool', [1, 1, 4, 4], { attributes: pool }))))
      expect(schemaOf(op)!.domain).toBe('')
    validate(both)
  })

  it('returns a model of ONNX operators as it is', () => {
    const plain = singleModel('Relu', [1, 3])
    expect(standardOperators(plain)).toBe(plain)
  })

  it('needs the extents where ceil_mode, SAME or the size of the plane decides, and only there', () => {
    const open = (op: string, attributes: object): Model => {
      const model = singleModel(op, [1, 1, 5, 5], { attributes: { temperature: 2, ...attributes } })
      return { ...model, inputs: [{ ...model.inputs[0]!, shape: ['N', 1, 'H', 'W'] }] }
    }
    const needs = [
      open('LogSumExpPool', { kernel_shape: [2, 2], ceil_mode: 1 }),
      open('LogSumExpPool', { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' }),
      open('GlobalLogSumExpPool', {})
    ]
    for (const model of needs)
      expect(() => standardOperators(model)).toThrow(/expected fixed extents of the model's input/)
    expect(ops(standardOperators(open('LogSumExpPool', { kernel_shape: [2, 2], pads: [1, 0, 0, 1] })))).toContain('Pad')
    expect(ops(standardOperators(open('GlobalLogSumExpPool', { mean: 1 })))).toContain('GlobalAveragePool')
  })
})

describe('replaceNodes', () => {
  it('keeps what it does not replace, takes names that are free, and drops what nobody reads any more', () => {
    const scalar = (value: number) => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) }) as const
    const model: Model = {
      ...modelOf([node('Add', ['x', 'one'], ['a']), node('Mul', ['a', 'two'], ['a/Neg'])]),
      outputs: [{ name: 'a/Neg', dtype: 'float32', shape: [1, 3] }],
      constants: new Map([
        ['one', scalar(1)],
        ['two', scalar(2)],
        ['spare', scalar(3)]
      ])
    }
    const changed = replaceNodes(model, ({ op, inputs }) =>
      op === 'Add' ? ({ add }) => void add('Abs', [add('Neg', [inputs[0]!])]) : undefined
    )
    expect(changed.nodes.map(({ op, inputs, outputs }) => [op, ...inputs, ...outputs])).toEqual([
      ['Neg', 'x', expect.stringMatching(/^(?!a\/Neg$)/)],
      ['Abs', changed.nodes[0]!.outputs[0], 'a'],
      ['Mul', 'a', 'two', 'a/Neg']
    ])
    expect([...changed.constants.keys()]).toEqual(['two', 'spare'])
    expect(model.nodes).toHaveLength(2)
  })
})
