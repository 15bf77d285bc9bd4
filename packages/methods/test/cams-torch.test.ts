import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attribute, createRandom, type Method, type Note, type PerExample } from '@agon/core'
import { guidedGradCam, methods, type CamOptions } from '@agon/methods'
import { readOnnx } from '@agon/onnx'
import { relativeError, torchCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bilinearTaps, resample } from '../src/layers/resample.js'
import { engine } from './nets.js'

/** What scripts/torch-oracle/cams.py wrote: little-endian float32 in base64; maps are `[L, 1, 1, H, W]`. */
interface Fixture {
  readonly resized: readonly {
    readonly from: readonly [number, number]
    readonly to: readonly [number, number]
    readonly plane: readonly number[]
    readonly resized: readonly number[]
  }[]
  readonly cases: readonly Case[]
}

interface Case {
  readonly name: string
  readonly labels: readonly number[]
  readonly default: AtLayer
  readonly named?: AtLayer & { readonly layer: string }
  readonly guidedGradCam: string
  readonly fullGrad: Readonly<Partial<Record<'none' | 'abs-scaled', string>>>
}

interface AtLayer {
  readonly layerShape: readonly number[]
  readonly activations: string
  readonly maps: Readonly<Record<string, { readonly signed: string; readonly shown: string }>>
}

const path = join(import.meta.dirname, 'fixtures', 'cams.json')
const { resized, cases } = JSON.parse(readFileSync(path, 'utf8')) as Fixture

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** Maps of the targets of a golden case, and what was said on the way. */
async function mapsOf(name: string, method: Method, targets: PerExample) {
  const { onnx, input, logits } = torchCase(`${name}.onnx`)
  const session = await engine.load(await readOnnx(onnx))
  const notes: Note[] = []
  const note = (found: Note): void => void notes.push(found)
  const context = { session, input, logits, targets, contestants: targets, random: createRandom(0), note }
  return { ...(await attribute(method, context)), session, input, notes }
}

/** The value that a map was taken at, from the note that says so. */
const layerIn = (notes: readonly Note[]): string => /'([^']+)'/.exec(notes[0]!.message)![1]!

describe.each(cases)('on $name PyTorch has the same', (truth) => {
  const targets = [truth.labels]
  const layers = [{ ...truth.default, layer: undefined }, ...(truth.named ? [truth.named] : [])]
  const [height, width] = torchCase(`${truth.name}.onnx`).input.shape.slice(2)

  it.each(layers.flatMap((at) => Object.keys(at.maps).map((name) => ({ at, layer: at.layer ?? 'the default', name }))))(
    '$name at $layer',
    async ({ at, name }) => {
      const run = (options: Partial<CamOptions>) =>
        mapsOf(truth.name, methods.get(name).create({ layer: at.layer, ...options }), targets)
      const { attribution: signed, session, input, notes } = await run({ upsample: 'none', relu: false })
      const activations = await session.forward(input, { at: at.layer ?? layerIn(notes) })
      expect(relativeError(activations.data, floats(at.activations))).toBeLessThan(1e-6)
      expect(signed.shape).toEqual([2, 1, 1, ...at.layerShape.slice(2)])
      expect(relativeError(signed.data, floats(at.maps[name]!.signed))).toBeLessThan(2e-6)
      const { attribution: shown } = await run({})
      expect(shown.shape).toEqual([2, 1, 1, height, width])
      expect(relativeError(shown.data, floats(at.maps[name]!.shown))).toBeLessThan(2e-6)
    }
  )

  it('Guided Grad-CAM', async () => {
    const { attribution, input } = await mapsOf(truth.name, guidedGradCam(), targets)
    expect(attribution.shape).toEqual([2, ...input.shape])
    expect(relativeError(attribution.data, floats(truth.guidedGradCam))).toBeLessThan(2e-6)
  })

  it.each(Object.entries(truth.fullGrad))('full gradients, %s', async (post, expected) => {
    const { attribution } = await mapsOf(truth.name, methods.get('full-grad').create({ post }), targets)
    expect(attribution.shape).toEqual([2, 1, 1, height, width])
    expect(relativeError(attribution.data, floats(expected))).toBeLessThan(2e-6)
  })
})

describe('bilinear resampling is that of PyTorch', () => {
  it.each(resized)('$from to $to', ({ from, to, plane, resized: expected }) => {
    const [rows, columns] = [bilinearTaps(from[0], to[0]), bilinearTaps(from[1], to[1])]
    const made = resample(Float64Array.from(plane), from[1], rows, columns)
    expect(relativeError(made, expected)).toBeLessThan(1e-14)
  })
})
