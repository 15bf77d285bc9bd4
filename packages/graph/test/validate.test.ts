import { AgonError, type Model } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { operatorNames, schemaOf, validate } from '../src/index.js'
import { counting, modelOf, node } from './models.js'

const codeAndFound = (model: Model): readonly (string | undefined)[] => {
  try {
    validate(model)
  } catch (error) {
    if (error instanceof AgonError) return [error.code, error.found]
    throw error
  }
  return ['fine']
}

describe('validate', () => {
  it('accepts a sound graph', () => {
    expect(codeAndFound(modelOf([node('Relu', ['x'], ['a']), node('Add', ['a', 'x'], ['y'])]))).toEqual(['fine'])
  })
  it('names values that are made twice or not before they are read', () => {
    const model = modelOf([
      node('Relu', ['late'], ['y']),
      { ...node('Neg', ['x'], ['late']), name: 'y' },
      node('Abs', ['x'], ['x'])
    ])
    const [code, found] = codeAndFound(model)
    expect(code).toBe('AGON_BAD_MODEL')
    expect(found).toContain("value 'x' is made twice")
    expect(found).toContain("node name 'y' is given twice")
    expect(found).toContain("Relu node 'y': input 'late' is not made before it")
  })
  it('names wrong arities and absent inputs', () => {
    const model = modelOf([node('Conv', ['x'], ['a']), node('Add', ['x', ''], ['b']), node('Relu', ['x'], ['y', 'z'])])
    const found = codeAndFound(model)[1]
    expect(found).toContain("Conv node 'a': expected 2 to 3 inputs, found 1")
    expect(found).toContain("Add node 'b': input 1 is absent")
    expect(found).toContain("Relu node 'y': expected 1 outputs, found 2")
  })
  it('names unknown, absent and wrong attributes', () => {
    const attributes = { axis: 'one', constructor: 1 }
    const found = codeAndFound(modelOf([node('Concat', ['x'], ['a'], attributes), node('Cast', ['x'], ['y'])]))[1]
    expect(found).toContain("Concat node 'a': attribute 'axis' is not of kind int")
    expect(found).toContain("unknown attribute 'constructor', expected one of axis")
    expect(found).toContain("Cast node 'y': attribute 'to' is absent")
  })
  it('names outputs that nobody makes, and constants that do not fill their shape', () => {
    const constants = { k: { ...counting([3]), shape: [4] } as ReturnType<typeof counting> }
    const found = codeAndFound(modelOf([node('Add', ['x', 'k'], ['y'])], { constants, outputs: ['w'] }))[1]
    expect(found).toContain("output 'w' is not made by any node")
    expect(found).toContain("constant 'k' of shape [4] has 3 values")
  })
  it('lists every unknown operator with a remedy', () => {
    const model = modelOf([node('Einsum', ['x'], ['a']), node('LSTM', ['a'], ['b']), node('Relu', ['b'], ['y'])])
    expect(codeAndFound(model)).toEqual(['AGON_UNSUPPORTED_OPERATOR', "Einsum node 'a'; LSTM node 'b'"])
    expect(() => validate(model)).toThrow(/selectOutput/)
  })
  it('does not take inherited names for operators or attributes', () => {
    expect(codeAndFound(modelOf([node('constructor', ['x'], ['y'])]))[0]).toBe('AGON_UNSUPPORTED_OPERATOR')
  })
})

describe('schemas', () => {
  it('give arity, defaults and derivative', () => {
    expect(schemaOf('LRN')).toMatchObject({ inputs: [1, 1], outputs: [1, 1], derivative: 'exact', alias: false })
    expect(schemaOf('LRN')!.attributes['beta']).toEqual({ kind: 'float', default: 0.75 })
    expect(schemaOf('Einsum')).toBeUndefined()
  })
  it('hold every operator that engines must run', () => {
    const needed =
      'Conv ConvTranspose Gemm MatMul BatchNormalization InstanceNormalization LayerNormalization GroupNormalization LRN Relu LeakyRelu PRelu Elu Selu Celu ' +
      'ThresholdedRelu Clip Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Erf Mish Exp Log Sqrt Pow Reciprocal Neg Abs Sin Cos Add Sub Mul Div Min Max ' +
      'Sum MaxPool AveragePool GlobalAveragePool GlobalMaxPool ReduceMean ReduceSum ReduceMax ReduceMin Softmax LogSoftmax Greater Less GreaterOrEqual LessOrEqual ' +
      'Equal And Or Not Sign Floor Ceil Round Concat Split Slice Pad Reshape Flatten Transpose Squeeze Unsqueeze Expand Tile Gather Identity Dropout Cast Constant ' +
      'ConstantOfShape Shape Range Where Resize DepthToSpace SpaceToDepth'
    const known = operatorNames()
    expect(needed.split(' ').filter((op) => !known.includes(op))).toEqual([])
  })
})
