import { createRandom } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { readOnnx } from '../src/read.js'
import { file, floats, ints, node } from './build.js'
import { expectRefused } from './errors.js'

const badFile = 'AGON_BAD_FILE'
const text = new TextEncoder()

/** A protobuf field that holds bytes. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) break
  }
  const head = [number * 8 + 2, ...length]
  const whole = new Uint8Array(head.length + bytes.length)
  whole.set(head)
  whole.set(bytes, head.length)
  return whole
}

describe('what is no ONNX file', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', text.encode('hello, this is no model at all')],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ['JSON', text.encode('{"format":"layers-model"}')],
    ['zeros', new Uint8Array(1000)],
    ['a length beyond the file', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07)],
    ['endless varints', new Uint8Array(1000).fill(0xff)],
    ['a message without graph', Uint8Array.of(8, 8)],
    ['groups within groups', new Uint8Array(100_000).fill(0x0b)]
  ])('%s', async (_, bytes) => {
    await expectRefused(bytes, badFile, ['ONNX file'])
  })

  it('something else than bytes', async () => {
    await expect(readOnnx('model.onnx' as unknown as Uint8Array)).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('every truncation of a file is refused or read, and none throws anything else', async () => {
    const whole = file({
      nodes: [node('Conv', ['x', 'w'], ['y'])],
      weights: [floats('w', [1, 1, 1, 1], [2])],
      inputs: { x: [1, 1, 2, 2] }
    })
    for (let length = 0; length < whole.length; length++) {
      const error: unknown = await readOnnx(whole.slice(0, length)).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ name: 'AgonError' })
    }
  })

  it('random bytes', async () => {
    const random = createRandom(7)
    for (let i = 0; i < 500; i++) {
      const bytes = Uint8Array.from({ length: 1 + random.integer(400) }, () => random.integer(256))
      await expect(readOnnx(bytes)).rejects.toMatchObject({ name: 'AgonError' })
    }
  })
})

describe('files that try to take time or memory', () => {
  const opset = field(8, Uint8Array.of(16, 17))
  const graph = (bytes: Uint8Array): Uint8Array => joined(opset, field(7, bytes))
  const joined = (a: Uint8Array, b: Uint8Array) => {
    const whole = new Uint8Array(a.length + b.length)
    whole.set(a)
    whole.set(b, a.length)
    return whole
  }
  const pairs = (first: number, second: number) =>
    new Uint8Array(5_000_000).map((_, i) => (i % 2 === 0 ? first : second))

  it('messages within messages', async () => {
    let nested: Uint8Array = new Uint8Array()
    for (let i = 0; i < 200; i++) nested = field(1, field(5, field(6, nested)))
    await expectRefused(graph(nested), badFile, ['nested deeper than 100'])
  })

  it.each<[string, Uint8Array, string]>([
    ['nodes', pairs(0x0a, 0), '2000000 fields'],
    ['weights', pairs(0x2a, 0), '2000000 fields'],
    ['inputs of a node', field(1, pairs(0x0a, 0)), '2000000 fields'],
    ['extents', field(5, field(1, new Uint8Array(11_000_000))), '10000000 listed whole numbers'],
    ['whole numbers of an attribute, one by one', field(1, field(5, pairs(0x40, 1))), '2000000 fields']
  ])('millions of %s', async (_, bytes, part) => {
    await expectRefused(graph(bytes), badFile, [part])
  })

  it('nodes that hide in a field of another kind', async () => {
    await expectRefused(graph(pairs(0x08, 0)), badFile, ['field 1 of Graph as another kind'])
    await expectRefused(graph(Uint8Array.of(0x0b, 0x0c)), badFile, ['encoding 3'])
  })

  it('constants that fold into gigabytes', async () => {
    const fill = [node('ConstantOfShape', ['s'], ['c']), node('Add', ['x', 'c'], ['y'])]
    for (const extents of [[100_000, 100_000], [2 ** 40], [-1], [2 ** 53]]) {
      await expectRefused(
        file({ nodes: fill, weights: [ints('s', extents)], outputs: { y: ['N', 4] } }),
        'AGON_BAD_MODEL',
        ["'ConstantOfShape_c'"]
      )
    }
    const range = [node('Range', ['a', 'b', 'c'], ['r']), node('Add', ['x', 'r'], ['y'])]
    const bounds = [floats('a', [], [0]), floats('b', [], [1e9]), floats('c', [], [1e-9])]
    await expectRefused(file({ nodes: range, weights: bounds, outputs: { y: ['N', 4] } }), 'AGON_BAD_MODEL', [
      "'Range_r'"
    ])
    const tile = [node('Tile', ['w', 's'], ['t']), node('Add', ['x', 't'], ['y'])]
    await expectRefused(
      file({ nodes: tile, weights: [floats('w', [1], [1]), ints('s', [1e12])], outputs: { y: ['N', 4] } }),
      'AGON_BAD_MODEL',
      ["'Tile_t'"]
    )
  })

  it('constants that double, node by node', async () => {
    const names = ['w', ...Array.from({ length: 60 }, (_, i) => `w${i}`)]
    const nodes = names.slice(1).map((name, i) => node('Concat', [names[i]!, names[i]!], [name], { axis: 0 }))
    const bytes = file({
      nodes: [...nodes, node('Add', ['x', 'w59'], ['y'])],
      weights: [floats('w', [1], [1])],
      outputs: { y: ['N', 4] }
    })
    await expectRefused(bytes, 'AGON_BAD_MODEL', ['64 MiB'])
  })
})
