import { describe, expect, it } from 'vitest'
import { onnx, type FunctionProto, type NodeProto } from '../src/decode.js'
import { readOnnx } from '../src/read.js'
import { writeOnnx } from '../src/write.js'
import { attribute, file, floats, node } from './build.js'
import { expectRefused } from './errors.js'
import { expectClose, noise, runOrt } from './run.js'

const own = { domain: 'mine' }
const opsetImport = [
  { domain: '', version: 17 },
  { domain: 'mine', version: 1 }
]
const domains = { mine: 1 }

function localFunction(name: string, nodes: readonly NodeProto[], more: Partial<FunctionProto> = {}): FunctionProto {
  return { name, domain: 'mine', input: ['a'], output: ['b'], node: [...nodes], opsetImport, ...more }
}

/** A file whose functions have default attributes, a field that the schema of the decoder does not have. */
function withDefaults(made: Uint8Array, defaults: readonly Uint8Array[]): Uint8Array {
  const field = (number: number, bytes: Uint8Array) => prefixed(number, bytes)
  const functions = defaults.map((bytes) => {
    const body = onnx.FunctionProto.encode(
      onnx.FunctionProto.create(onnx.ModelProto.decode(made).functions[0]!)
    ).finish()
    return field(25, Uint8Array.from([...body, ...field(11, bytes)]))
  })
  const rest = onnx.ModelProto.encode({ ...onnx.ModelProto.decode(made), functions: [] }).finish()
  return Uint8Array.from([...rest, ...functions.flatMap((bytes) => [...bytes])])
}

function prefixed(number: number, bytes: Uint8Array): Uint8Array {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)])
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes])
}

describe('local functions', () => {
  it('are inlined, within each other too, every call with its own values', async () => {
    const twice = localFunction('Twice', [node('Add', ['a', 'a'], ['b'])])
    const four = localFunction('Four', [node('Twice', ['a'], ['m'], {}, own), node('Twice', ['m'], ['b'], {}, own)])
    const nodes = [node('Four', ['x'], ['p'], {}, own), node('Four', ['p'], ['q'], {}, own), node('Relu', ['q'], ['y'])]
    const bytes = file({ nodes, functions: [twice, four], domains })
    const model = await readOnnx(bytes)
    expect(model.nodes.map(({ op }) => op)).toEqual(['Add', 'Add', 'Add', 'Add', 'Relu'])
    expect(new Set(model.nodes.flatMap(({ name, outputs }) => [name, ...outputs])).size).toBe(10)
    expectClose(await runOrt(writeOnnx(model), noise([2, 4])), await runOrt(bytes, noise([2, 4])))
  })

  it('take the attributes and omitted inputs of the call', async () => {
    const inner = [
      node('Constant', [], ['low'], { value_float: { float: 0 } }),
      { ...node('Flatten', ['a'], ['f']), attribute: [{ ...attribute('axis', { ref: 'from' }), type: 2 }] },
      node('Clip', ['f', 'low', 'c'], ['b'])
    ]
    const clipped = localFunction('Clipped', inner, { input: ['a', 'c'], attribute: ['from'] })
    const call = (attributes: object) =>
      file({ nodes: [node('Clipped', ['x'], ['y'], { ...attributes }, own)], functions: [clipped], domains })
    const model = await readOnnx(call({ from: 2 }))
    expect(model.nodes.map(({ op, inputs, attributes }) => [op, inputs.length, attributes])).toEqual([
      ['Flatten', 1, { axis: 2 }],
      ['Clip', 2, {}]
    ])
    expect((await readOnnx(call({}))).nodes[0]!.attributes).toEqual({})
  })

  it('have default attributes', async () => {
    const inner = { ...node('Flatten', ['a'], ['b']), attribute: [{ ...attribute('axis', { ref: 'from' }), type: 2 }] }
    const plain = file({
      nodes: [node('Flat', ['x'], ['y'], {}, own)],
      functions: [localFunction('Flat', [inner])],
      domains
    })
    const stated = onnx.AttributeProto.encode(attribute('from', 2)).finish()
    expect((await readOnnx(withDefaults(plain, [stated]))).nodes[0]!.attributes).toEqual({ axis: 2 })
  })

  it('may give an input back, and follow their own version of the operators', async () => {
    const older = localFunction('Old', [node('Squeeze', ['a'], ['b'], { axes: [0] })], {
      opsetImport: [{ domain: '', version: 11 }],
      output: ['b', 'a']
    })
    const nodes = [node('Old', ['x'], ['s', 'same'], {}, own), node('Add', ['s', 'same'], ['y'])]
    const model = await readOnnx(file({ nodes, functions: [older], domains, inputs: { x: [1, 4] } }))
    expect(model.nodes.map(({ op }) => op)).toEqual(['Squeeze', 'Identity', 'Add'])
    expect([...model.constants.values()]).toEqual([{ dtype: 'int64', shape: [1], data: Float64Array.of(0) }])
  })

  it('that call themselves or explode are refused', async () => {
    const loop = localFunction('Loop', [node('Loop', ['a'], ['b'], {}, own)])
    await expectRefused(
      file({ nodes: [node('Loop', ['x'], ['y'], {}, own)], functions: [loop], domains }),
      'AGON_BAD_MODEL',
      ["function 'Loop'", 'calls itself']
    )
    const steps = Array.from({ length: 30 }, (_, i) => {
      const op = i === 0 ? 'Relu' : `F${i - 1}`
      const domain = i === 0 ? {} : own
      return localFunction(`F${i}`, [node(op, ['a'], ['m'], {}, domain), node(op, ['m'], ['b'], {}, domain)])
    })
    await expectRefused(
      file({ nodes: [node('F29', ['x'], ['y'], {}, own)], functions: steps, domains }),
      'AGON_BAD_MODEL',
      ['50000 nodes']
    )
  })

  it('are refused when two have one name, or a call has too many inputs', async () => {
    const one = localFunction('One', [node('Relu', ['a'], ['b'])])
    const nodes = [node('One', ['x'], ['y'], {}, own)]
    await expectRefused(file({ nodes, functions: [one, one], domains }), 'AGON_BAD_MODEL', [
      "function 'One'",
      'found two'
    ])
    const call = [node('One', ['x', 'w'], ['y'], {}, own)]
    await expectRefused(
      file({ nodes: call, functions: [one], domains, weights: [floats('w', [], [1])] }),
      'AGON_BAD_MODEL',
      ["node 'One_y'", 'at most 1 inputs']
    )
  })
})
