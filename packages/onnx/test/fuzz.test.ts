import { AgonError, createRandom, type Random } from '@agon/core'
import { torchCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { readOnnx } from '../src/read.js'
import { file, node } from './build.js'
import { algebraCases } from './upgrade-cases/algebra.js'
import { axesCases } from './upgrade-cases/axes.js'
import { pointwiseCases } from './upgrade-cases/pointwise.js'
import { resizeCases } from './upgrade-cases/resize.js'

const called = { name: 'F', domain: 'f', input: ['a'], output: ['b'], opsetImport: [{ domain: '', version: 17 }] }
const calling = {
  nodes: [node('F', ['x'], ['y'], { to: 1 }, { domain: 'f' })],
  functions: [{ ...called, node: [node('Flatten', ['a'], ['b'], { axis: { ref: 'to' } })] }],
  domains: { f: 1 }
}
const cases = { ...axesCases, ...pointwiseCases, ...resizeCases, ...algebraCases, calling }
const small = Object.values(cases).map(file)
const real = ['mlp_tanh.onnx', 'conv1d_text.onnx', 'transformer_cls.opset11.onnx'].map((name) => torchCase(name).onnx)

/** Values that lengths, extents and tags are likeliest to go wrong at. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => bytes.with(random.integer(bytes.length), random.integer(256)),
  (bytes, random) => bytes.with(random.integer(bytes.length), edges[random.integer(edges.length)]!),
  (bytes, random) => {
    const at = random.integer(bytes.length)
    return bytes.with(at, bytes[at]! ^ (1 << random.integer(8)))
  },
  (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  (bytes, random) =>
    splice(bytes, random, 0, new Uint8Array(1 + random.integer(10)).fill(edges[random.integer(edges.length)]!)),
  (bytes, random) => splice(bytes, random, 1 + random.integer(20), new Uint8Array()),
  (bytes, random) => splice(bytes, random, 0, bytes.slice(random.integer(bytes.length)).slice(0, 64))
]

function splice(bytes: Uint8Array, random: Random, remove: number, insert: Uint8Array): Uint8Array {
  const at = random.integer(bytes.length)
  return Uint8Array.from([...bytes.slice(0, at), ...insert, ...bytes.slice(at + remove)])
}

function mutated(seeds: readonly Uint8Array[], draw: number): Uint8Array {
  const random = createRandom(20_240_607).fork('mutation', draw)
  let bytes = Uint8Array.from(seeds[draw % seeds.length]!)
  for (let left = random.integer(3) === 0 ? 4 : 1; left > 0 && bytes.length > 0; left--) {
    bytes = Uint8Array.from(mutations[random.integer(mutations.length)]!(bytes, random))
  }
  return bytes
}

/** Reads many damaged files: every one gives a model or one line of an AgonError, in little memory. */
async function fuzz(seeds: readonly Uint8Array[], count: number): Promise<{ read: number; refused: number }> {
  const outcome = { read: 0, refused: 0 }
  const before = held()
  for (let draw = 0; draw < count; draw++) {
    try {
      const model = await readOnnx(mutated(seeds, draw))
      expect(model.outputs).toHaveLength(1)
      outcome.read++
    } catch (error) {
      if (!(error instanceof AgonError)) throw new Error(`draw ${draw} threw no AgonError`, { cause: error })
      expect(error.message).not.toContain('\n')
      expect(error.code, `draw ${draw}: ${error.message}`).not.toBe('AGON_INTERNAL')
      outcome.refused++
    }
    expect(held() - before, `bytes held after draw ${draw}`).toBeLessThan(512 * 2 ** 20)
  }
  return outcome
}

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('damaged files', () => {
  it('of small graphs in older forms', async () => {
    const { read, refused } = await fuzz(small, 4000)
    expect(read).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(400)
  })

  it('of exported networks', async () => {
    const { read, refused } = await fuzz(real, 600)
    expect(read).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(50)
  })
})
