import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import type { Inspection } from '../src/run/inspection.js'
import { agon, put, temporaryFolder } from './run-cli.js'

const { onnx } = proto

/** A file with one node of each operator in a row, from `x` [N,4] to `y`. */
function chain(...ops: string[]): Uint8Array {
  const dim = [{ dimParam: 'N' }, { dimValue: 4 }]
  const value = (name: string) => ({ name, type: { tensorType: { elemType: 1, shape: { dim } } } })
  const name = (i: number) => (i === 0 ? 'x' : i === ops.length ? 'y' : `v${i}`)
  const node = ops.map((opType, i) => ({ opType, name: `n${i}`, input: [name(i)], output: [name(i + 1)] }))
  const graph = { name: 'chain', input: [value('x')], output: [value('y')], node }
  return onnx.ModelProto.encode(
    onnx.ModelProto.create({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph })
  ).finish()
}

describe('agon inspect', () => {
  it('lists what a model is made of and what explain would do', async () => {
    const { code, out, err } = await agon(['inspect', 'fashion-mnist', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const found = JSON.parse(out) as Inspection
    expect(found).toMatchObject({
      runnable: true,
      probabilityHead: null,
      labels: { names: expect.arrayContaining(['Ankle boot']) as unknown },
      explain: { preprocess: { from: 'sidecar', channels: 'gray' }, channelAxis: 1, cutSoftmaxNeeded: false }
    })
    expect(found.operators).toContainEqual({ op: 'Relu', count: 6, derivative: 'exact', note: '0 at 0' })
    const text = await agon(['inspect', 'fashion-mnist'])
    expect(text.out).toMatch(/ends in +logits/)
    expect(text.out).toMatch(/Relu +6 +exact/)
  })

  it('names a softmax and the option that cuts it', async () => {
    const path = put(temporaryFolder(), 'softmax.onnx', chain('Relu', 'Softmax'))
    const { code, out } = await agon(['inspect', path])
    expect(code).toBe(0)
    expect(out).toMatch(/ends in +Softmax: .*--cut-softmax/)
    expect(out).toMatch(/need +--cut-softmax/)
  })

  it('lists a model that cannot be run, too, and ends with exit code 2', async () => {
    const path = put(temporaryFolder(), 'odd.onnx', chain('Relu', 'Hardmax', 'Relu'))
    const { code, out, err } = await agon(['inspect', path])
    expect(code).toBe(2)
    expect(out).toMatch(/Relu +2\n +Hardmax +1/)
    expect(err).toMatch(/^agon: \[AGON_UNSUPPORTED_OPERATOR\] .*Hardmax.*\n$/)
    const json = await agon(['inspect', path, '--json'])
    expect(json.code).toBe(2)
    const found = JSON.parse(json.out) as Inspection
    expect(found).toMatchObject({ runnable: false, error: { code: 'AGON_UNSUPPORTED_OPERATOR' } })
  })
})

describe('a model that ends in softmax', () => {
  const folder = temporaryFolder()
  const path = put(folder, 'softmax.onnx', chain('Relu', 'Softmax'))
  const tensor = (() => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }`.padEnd(117) + '\n'
    const bytes = new Uint8Array(10 + header.length + 16)
    bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, 0])
    bytes.set(Buffer.from(header), 10)
    bytes.set(new Uint8Array(Float32Array.of(1, -2, 3, 4).buffer), 10 + header.length)
    return put(folder, 'tensor.npy', bytes)
  })()

  it('is refused where labels compete, with the remedy', async () => {
    const { code, err } = await agon(['explain', path, tensor, '--out', `${folder}/out`, '--engine', 'reference'])
    expect(code).toBe(2)
    expect(err).toMatch(/\[AGON_SOFTMAX\] .*--cut-softmax/)
  })

  it('is explained when it is cut, without a picture for what is no picture', async () => {
    const argv = ['explain', path, tensor, '--cut-softmax', '--out', `${folder}/out`, '--engine', 'reference', '--json']
    const { code, out, err } = await agon(argv)
    expect(code).toBe(0)
    expect(err).toContain('is no picture')
    const { inputs } = JSON.parse(out) as {
      inputs: { results: { files: string[]; examples: { logits: number[] }[] }[] }[]
    }
    expect(inputs[0]!.results[0]!.examples[0]!.logits).toEqual([1, 0, 3, 4])
    expect(inputs[0]!.results[0]!.files.map((file) => file.split('.').at(-1))).toEqual(['npy', 'json'])
    const refused = await agon([...argv, '--format', 'png'])
    expect(refused.code).toBe(2)
    expect(refused.err).toMatch(/\[AGON_BAD_OPTION\] --format png/)
  })
})
