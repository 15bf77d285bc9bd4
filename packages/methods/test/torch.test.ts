import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attribute, createRandom, type Method, type Random, type Tensor } from '@agon/core'
import { integratedGradients, smoothGrad, smoothGradSquared, varGrad } from '@agon/methods'
import { readOnnx } from '@agon/onnx'
import { relativeError, torchCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './nets.js'

/** What scripts/torch-oracle/averages.py wrote; maps are `[L, 1, ...input]`. */
interface Averages {
  readonly name: string
  readonly labels: readonly number[]
  readonly steps: number
  readonly baseline: string
  readonly integratedGradients: string
  readonly sigma: number
  readonly samples: number
  readonly noise: string
  readonly smoothGrad: string
  readonly smoothGradSquared: string
  readonly varGrad: string
}

const path = join(import.meta.dirname, 'fixtures', 'averages.json')
const cases = JSON.parse(readFileSync(path, 'utf8')) as Averages[]

/** Little-endian float32 in base64. */
function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** A stream whose normals of sample k are row k of the given ones. */
function given(noise: Float32Array, samples: number): Random {
  const random = createRandom(0)
  const size = noise.length / samples
  const fork = (...keys: readonly (string | number)[]): Random => {
    const from = Number(keys[2]) * size
    return { ...random, normals: (into) => into.set(noise.subarray(from, from + size)) }
  }
  return { ...random, fork }
}

describe.each(cases)('on $name PyTorch has the same', (truth) => {
  const { onnx, input, logits } = torchCase(`${truth.name}.onnx`)
  const baseline: Tensor = { shape: input.shape, data: floats(truth.baseline) }
  const smoothing = { samples: truth.samples, sigma: truth.sigma }

  it.each<[string, Method, Float32Array]>([
    [
      'integrated gradients',
      integratedGradients({ steps: truth.steps, quadrature: 'midpoint', baseline }),
      floats(truth.integratedGradients)
    ],
    ['SmoothGrad', smoothGrad(smoothing), floats(truth.smoothGrad)],
    ['SmoothGrad-squared', smoothGradSquared(smoothing), floats(truth.smoothGradSquared)],
    ['VarGrad', varGrad(smoothing), floats(truth.varGrad)]
  ])('%s', async (_, method, expected) => {
    const session = await engine.load(await readOnnx(onnx))
    const targets = [truth.labels]
    const random = given(floats(truth.noise), truth.samples)
    const context = { session, input, logits, targets, contestants: targets, random, note: () => undefined }
    const { attribution } = await attribute(method, context)
    expect(attribution.shape).toEqual([truth.labels.length, ...input.shape])
    expect(relativeError(attribution.data, expected)).toBeLessThan(1e-5)
  })
})
