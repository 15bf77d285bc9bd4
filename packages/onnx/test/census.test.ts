import { describe, expect, it } from 'vitest'
import { checkCensus } from '../src/census.js'
import { onnx, type TensorProto } from '../src/decode.js'

const bytes = Uint8Array.of(1)
const entry = { key: 'k', value: 'v' }
const tensor: TensorProto = {
  ...{ name: 't', dims: [1, 2], dataType: 1, docString: 'd', segment: { begin: 1, end: 2 }, rawData: bytes },
  ...{ floatData: [1, 2], int32Data: [1, -2], int64Data: [1, -2], doubleData: [1, 2], uint64Data: [1, 2] },
  ...{ stringData: [bytes], externalData: [entry], dataLocation: 1 }
}
const shape = { dim: [{ dimValue: 1, denotation: 'd' }, { dimParam: 'n' }] }
const tensorType = { tensorType: { elemType: 1, shape }, denotation: 'd' }
const types = [
  tensorType,
  { sequenceType: { elemType: tensorType } },
  { mapType: { keyType: 1, valueType: tensorType } },
  { optionalType: { elemType: tensorType } },
  { sparseTensorType: { elemType: 1, shape } }
]
const sparse = { values: tensor, indices: tensor, dims: [1] }
const value = { name: 'v', docString: 'd', type: tensorType }
const attribute = {
  ...{ name: 'a', refAttrName: 'r', docString: 'd', type: 1, f: 1, i: -1, s: bytes, t: tensor, g: { name: 'g' } },
  ...{ sparseTensor: sparse, tp: tensorType, floats: [1], ints: [-1], strings: [bytes], tensors: [tensor] },
  ...{ graphs: [{ name: 'g' }], sparseTensors: [sparse], typeProtos: types }
}
const node = {
  name: 'n',
  opType: 'o',
  domain: 'd',
  docString: 'd',
  input: ['i'],
  output: ['o'],
  attribute: [attribute]
}
const graph = {
  ...{ name: 'g', docString: 'd', node: [node], initializer: [tensor], sparseInitializer: [sparse] },
  ...{ input: [value], output: [value], valueInfo: types.map((type) => ({ name: 'v', type })) },
  quantizationAnnotation: [{ tensorName: 't', quantParameterTensorNames: [entry] }]
}
const opsetImport = [{ domain: 'd', version: 1 }]
const called = {
  name: 'f',
  domain: 'd',
  docString: 'd',
  input: ['i'],
  output: ['o'],
  attribute: ['a'],
  node: [node],
  opsetImport
}
const model = {
  ...{ irVersion: 8, producerName: 'p', producerVersion: '1', domain: 'd', modelVersion: 1, docString: 'd', graph },
  ...{ opsetImport, metadataProps: [entry], functions: [called] },
  trainingInfo: [{ initialization: graph, algorithm: graph, initializationBinding: [entry], updateBinding: [entry] }]
}

describe('the census', () => {
  it('knows every field that the encoder writes, by its kind', () => {
    expect(onnx.ModelProto.verify(model)).toBeNull()
    expect(() => checkCensus(onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish())).not.toThrow()
  })

  it.each([
    ['a number where a text should be', Uint8Array.of(0x10, 1), 'field 2 of Model as another kind'],
    ['bytes where a number should be', Uint8Array.of(0x0a, 0), 'field 1 of Model as another kind'],
    ['a length beyond the end', Uint8Array.of(0x12, 5, 65), '5 bytes where 1 are left'],
    ['field number 0', Uint8Array.of(0x02, 0), 'field number 0'],
    ['a number without end', new Uint8Array(20).fill(0xff), 'a number without end']
  ])('refuses %s', (_, file, message) => {
    expect(() => checkCensus(file)).toThrow(message)
  })
})
