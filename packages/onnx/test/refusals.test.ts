import { describe, expect, it } from 'vitest'
import { onnx } from '../src/decode.js'
import { readOnnx } from '../src/read.js'
import { file, floats, ints, node } from './build.js'
import { expectRefused } from './errors.js'

const unsupported = 'AGON_UNSUPPORTED_OPERATOR'
const y = ['y']

describe('unsupported operators', () => {
  it('are refused all at once, each node with its operator, and what to do', async () => {
    const bytes = file({
      domains: { 'com.microsoft': 1, mine: 1 },
      nodes: [
        node('Gelu', ['x'], ['a'], {}, { domain: 'com.microsoft', name: 'fused' }),
        node('LSTM', ['a', 'w', 'r'], ['b'], { hidden_size: 2 }, { name: 'recurrent' }),
        node('Relu', ['b'], ['c']),
        node('TopK', ['c', 'k'], ['d'], {}, { name: 'best' }),
        node('QuantizeLinear', ['d', 's'], ['e'], {}, { name: 'quantise' }),
        node('Special', ['e'], y, {}, { domain: 'mine', name: 'own' })
      ],
      weights: [floats('w', [1], [1]), floats('r', [1], [1]), ints('k', [1]), floats('s', [], [1])]
    })
    const message = await expectRefused(bytes, unsupported, [
      "Gelu node 'fused' (of domain 'com.microsoft')",
      "LSTM node 'recurrent'",
      "TopK node 'best'",
      "QuantizeLinear node 'quantise'",
      "Special node 'own' (of domain 'mine')",
      'before it was optimised',
      'before quantisation',
      'option `output`'
    ])
    expect(message).not.toContain('Relu')
  })

  it('do not matter where the wanted output does not need them', async () => {
    const bytes = file({
      nodes: [node('Relu', ['x'], y), node('ArgMax', ['y'], ['label'])],
      outputs: { y: ['N', 4], label: ['N'] }
    })
    expect((await readOnnx(bytes)).nodes.map(({ op }) => op)).toEqual(['Relu'])
    await expectRefused(bytes, unsupported, ['ArgMax', 'decisions'], { output: 'label' })
  })

  it('with graphs of their own are refused as control flow', async () => {
    const graph = { name: 'g', attribute: [{ name: 'then_branch', type: 5, g: { name: 'then' } }] }
    await expectRefused(file({ nodes: [{ ...node('If', ['x'], y), ...graph }] }), unsupported, [
      "If node 'g'",
      'control flow'
    ])
  })

  it('of more than 200 nodes are counted', async () => {
    const names = Array.from({ length: 301 }, (_, i) => (i === 0 ? 'x' : i === 300 ? 'y' : `v${i}`))
    const nodes = names.slice(1).map((name, i) => node('LSTM', [names[i]!], [name]))
    await expectRefused(file({ nodes }), unsupported, ['and 100 more'])
  })
})

describe('forms that would be guessed at', () => {
  const image = { inputs: { x: ['N', 2, 4, 4] } }
  const four = ['a', 'b', 'c', 'd'].map((name) => floats(name, [2], [1, 2]))
  const batchNorm = (attributes: object, outputs = y) =>
    file({
      opset: 8,
      ...image,
      weights: four,
      nodes: [node('BatchNormalization', ['x', 'a', 'b', 'c', 'd'], outputs, { ...attributes })]
    })

  it('batch normalisation in training mode, or per element', async () => {
    const bytes = file({
      opset: 15,
      ...image,
      weights: four,
      nodes: [node('BatchNormalization', ['x', 'a', 'b', 'c', 'd'], y, { training_mode: 1 })]
    })
    await expectRefused(bytes, unsupported, ["BatchNormalization node 'BatchNormalization_y'", 'training mode'])
    await expectRefused(batchNorm({ spatial: 0 }), unsupported, ['spatial=0'])
  })

  it('dropout in training mode', async () => {
    const training = { name: 't', dims: [], dataType: 9, int32Data: [1] }
    const bytes = file({ nodes: [node('Dropout', ['x', '', 't'], y)], weights: [training] })
    await expectRefused(bytes, unsupported, ['Dropout', 'evaluation mode'])
  })

  it('second outputs that something reads', async () => {
    const nodes = [
      node('MaxPool', ['x'], ['p', 'where'], { kernel_shape: [2, 2] }),
      node('Cast', ['where'], y, { to: 1 })
    ]
    await expectRefused(file({ ...image, nodes }), unsupported, ["MaxPool node 'MaxPool_p'", "output 'where' is used"])
  })

  it('broadcasting by the rules of opset 6', async () => {
    const bytes = file({
      opset: 7,
      nodes: [node('Add', ['x', 'b'], y, { broadcast: 1 })],
      weights: [floats('b', [4], [1, 2, 3, 4])]
    })
    await expectRefused(bytes, unsupported, ["Add node 'Add_y'", 'opset 6'])
  })

  it('cropping while resizing, and narrow casts', async () => {
    const scales = [floats('s', [4], [1, 1, 2, 2])]
    const resize = (attributes: object) =>
      file({ ...image, nodes: [node('Resize', ['x', '', 's'], y, { ...attributes })], weights: scales })
    await expectRefused(resize({ coordinate_transformation_mode: 'tf_crop_and_resize' }), unsupported, ['tf_crop'])
    await expectRefused(file({ nodes: [node('Cast', ['x'], y, { to: 2 })] }), unsupported, ['uint8'])
  })

  it('dequantised activations', async () => {
    const bytes = file({ nodes: [node('DequantizeLinear', ['x', 's'], y)], weights: [floats('s', [], [1])] })
    await expectRefused(bytes, unsupported, ["DequantizeLinear node 'DequantizeLinear_y'", 'float model'])
  })

  it('products that MatMul cannot express', async () => {
    const einsum = (equation: string) =>
      file({
        nodes: [node('Einsum', ['x', 'w'], y, { equation })],
        weights: [
          floats(
            'w',
            [4, 4],
            Array.from({ length: 16 }, () => 1)
          )
        ]
      })
    for (const equation of ['bi,ii->b', '...i,ij->...j', 'bi,bi->', 'bi', 'bi,ij->bz']) {
      await expectRefused(einsum(equation), unsupported, ["Einsum node 'Einsum_y'"])
    }
  })
})

describe('versions of the operators', () => {
  it.each([6, 23, 0])('%i is refused', async (opset) => {
    await expectRefused(file({ opset, nodes: [node('Relu', ['x'], y)] }), unsupported, [
      'operator set 7 to 22',
      `${opset}`
    ])
  })

  it('must be stated for ONNX if the graph uses its operators', async () => {
    const bytes = onnx.ModelProto.encode({
      opsetImport: [{ domain: 'other', version: 1 }],
      graph: onnx.ModelProto.decode(file({ nodes: [node('Relu', ['x'], y)] })).graph!
    }).finish()
    await expectRefused(bytes, 'AGON_BAD_MODEL', ["Relu node 'Relu_y'"])
  })
})
