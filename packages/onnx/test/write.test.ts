import type { Model } from '@agon/core'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { onnx } from '../src/decode.js'
import { readOnnx } from '../src/read.js'
import { writeOnnx } from '../src/write.js'
import { file, node } from './build.js'
import { expectRefused } from './errors.js'
import { expectClose, noise, runOrt, runReference } from './run.js'

const net: Model = {
  ...modelOf('net', [2, 6, 6], (b) => {
    const convolved = b.add('Conv', [b.input, b.weights([4, 2, 3, 3]), b.weights([4])], {
      pads: [1, 1, 1, 1],
      strides: [2, 2]
    })
    const active = b.add('LeakyRelu', [convolved], { alpha: 1 })
    const chosen = b.add('Where', [b.booleans([1, 4, 1, 1], [true, false, true, true]), active, b.floats([], [0.5])])
    const pooled = b.add('AveragePool', [chosen], { kernel_shape: [3, 3], auto_pad: 'NOTSET' })
    const flat = b.add('Reshape', [pooled, b.integers([0, -1])])
    return b.add('Gemm', [flat, b.weights([3, 4])], { transB: 1, alpha: 0.5 })
  }),
  labels: ['cat', 'dog, "hound"', 'ünïcode ✓']
}

describe('a written model', () => {
  it('is read as it was, labels too', async () => {
    expect(await readOnnx(writeOnnx(net))).toEqual(net)
  })

  it('is the same file when it is written again', async () => {
    const once = writeOnnx(net)
    expect(writeOnnx(await readOnnx(once))).toEqual(once)
  })

  it('runs in onnxruntime as it does here, batch by batch', async () => {
    const input = noise([3, 2, 6, 6])
    expectClose(await runOrt(writeOnnx(net), input), await runReference(net, input))
  })

  it('says its version, and tells floats from integers', () => {
    const proto = onnx.ModelProto.decode(writeOnnx(net))
    expect([Number(proto.irVersion), Number(proto.opsetImport[0]!.version)]).toEqual([10, 21])
    const { AttributeType } = onnx.AttributeProto
    const types = new Map(
      proto.graph!.node!.flatMap(({ attribute }) => (attribute ?? []).map(({ name, type }) => [name, type]))
    )
    expect([types.get('alpha'), types.get('transB'), types.get('pads'), types.get('auto_pad')]).toEqual([
      AttributeType.FLOAT,
      AttributeType.INT,
      AttributeType.INTS,
      AttributeType.STRING
    ])
  })

  it('keeps a tensor attribute and odd names', async () => {
    const one = { dtype: 'int64', shape: [1], data: Float64Array.of(-3) } as const
    const model: Model = {
      name: 'odd "name"\n',
      inputs: [{ name: '__proto__', dtype: 'int64', shape: ['n'] }],
      outputs: [{ name: 'y', dtype: 'int64', shape: ['n'] }],
      nodes: [
        { name: 's', op: 'Shape', inputs: ['__proto__'], outputs: ['constructor'], attributes: {} },
        { name: 'toString', op: 'ConstantOfShape', inputs: ['constructor'], outputs: ['y'], attributes: { value: one } }
      ],
      constants: new Map()
    }
    expect(await readOnnx(writeOnnx(model))).toEqual(model)
  })
})

describe('operators of our own', () => {
  const steered = modelOf('steered', [4], (b) => {
    const value = b.add('Through', [b.add('Relu', [b.input]), b.add('Softplus', [b.input])])
    const kept = b.add('Detach', [b.add('Rectify', [value])])
    return b.add('Mul', [kept, b.add('Rectify', [b.input])])
  })

  it('that steer the backward pass are functions for others, and themselves when they are read', async () => {
    const bytes = writeOnnx(steered)
    expect(await readOnnx(bytes)).toEqual(steered)
    const input = noise([3, 4])
    expectClose(await runOrt(bytes, input), await runReference(steered, input))
    const { functions, opsetImport } = onnx.ModelProto.decode(bytes)
    expect(functions.map(({ name, domain }) => `${domain}.${name}`)).toEqual([
      'agon.Detach',
      'agon.Rectify',
      'agon.Through'
    ])
    expect(opsetImport.map(({ domain }) => domain)).toEqual(['', 'agon'])
    expect(onnx.ModelProto.decode(writeOnnx(net)).functions).toEqual([])
  })

  it('are not read where a file says that they are ONNX', async () => {
    for (const op of ['Softclip', 'Detach', 'Through', 'Rectify'])
      await expectRefused(file({ nodes: [node(op, ['x'], ['y'])] }), 'AGON_UNSUPPORTED_OPERATOR', [`${op} node`])
  })
})

describe('what cannot be written', () => {
  it('is a model that contradicts itself, or an operator that ONNX does not have', () => {
    const nodes = [{ ...net.nodes[0]!, inputs: ['x', 'nothing'] }]
    expect(() => writeOnnx({ ...net, nodes })).toThrow(expect.objectContaining({ code: 'AGON_BAD_MODEL' }))
    const alien = [...net.nodes.slice(0, -1), { ...net.nodes.at(-1)!, op: 'Alien', attributes: {} }]
    expect(() => writeOnnx({ ...net, nodes: alien })).toThrow(
      expect.objectContaining({ code: 'AGON_UNSUPPORTED_OPERATOR' })
    )
  })
})

describe('stored labels', () => {
  const withLabels = (text: string) => file({ nodes: [node('Relu', ['x'], ['y'])], metadata: { 'agon.labels': text } })

  it('are read, and yield to given ones', async () => {
    const made = withLabels('["a","b","c","d"]')
    expect((await readOnnx(made)).labels).toEqual(['a', 'b', 'c', 'd'])
    expect((await readOnnx(made, { labels: ['1', '2', '3', '4'] })).labels).toEqual(['1', '2', '3', '4'])
  })

  it.each(['', '{', '{}', '[1,2,3,4]', 'null'])('%j is refused', async (text) => {
    await expectRefused(withLabels(text), 'AGON_BAD_FILE', ["metadata 'agon.labels'"])
  })
})
