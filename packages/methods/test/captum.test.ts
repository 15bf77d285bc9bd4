import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attribute, createRandom, type Method, type MethodContext, type Tensor } from '@agon/core'
import { featureAblation, kernelShap, occlusion, shapleySampling } from '@agon/methods'
import { readOnnx } from '@agon/onnx'
import { relativeError, torchCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './nets.js'

/** What scripts/torch-oracle/perturbations.py wrote; maps are `[L, 1, ...input]`. */
interface Perturbations {
  readonly name: string
  readonly labels: readonly number[]
  readonly baseline: string
  /** Along the positions: height and width, or the length of a row. */
  readonly window: readonly number[]
  readonly stride: readonly number[]
  readonly occlusion: string
  /** Of every position. */
  readonly segments: readonly number[]
  readonly featureAblation: string
  /** Of all orders. */
  readonly shapley: string
  /** From random coalitions: near the Shapley values. */
  readonly kernelShap: string
}

const path = join(import.meta.dirname, 'fixtures', 'perturbations.json')
const cases = JSON.parse(readFileSync(path, 'utf8')) as Perturbations[]

/** Little-endian float32 in base64. */
function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

const extents = (of: readonly number[]): number | [number, number] => (of.length === 1 ? of[0]! : [of[0]!, of[1]!])

describe.each(cases)('on $name Captum has the same', (truth) => {
  const { onnx, input, logits } = torchCase(`${truth.name}.onnx`)
  const baseline: Tensor = { shape: input.shape, data: floats(truth.baseline) }
  const segments = Int32Array.from(truth.segments)
  const whole = { segments, baseline, spread: 'whole' } as const

  it.each<[string, Method, Float32Array, number]>([
    [
      'occlusion',
      occlusion({ window: extents(truth.window), stride: extents(truth.stride), baseline }),
      floats(truth.occlusion),
      1e-5
    ],
    ['feature ablation', featureAblation({ segments, baseline }), floats(truth.featureAblation), 1e-5],
    ['Shapley values, by Kernel SHAP of all coalitions', kernelShap(whole), floats(truth.shapley), 1e-5],
    ['Shapley values, by many orders', shapleySampling({ ...whole, samples: 400 }), floats(truth.shapley), 0.03],
    ['Kernel SHAP, as near as random coalitions are', kernelShap(whole), floats(truth.kernelShap), 0.06]
  ])('%s', async (_, method, expected, tolerance) => {
    const session = await engine.load(await readOnnx(onnx))
    const targets = [truth.labels]
    const random = createRandom(7)
    const context: MethodContext = {
      session,
      input,
      logits,
      targets,
      contestants: targets,
      random,
      note: () => undefined
    }
    const { attribution } = await attribute(method, context)
    expect(attribution.shape).toEqual([truth.labels.length, ...input.shape])
    expect(relativeError(attribution.data, expected)).toBeLessThan(tolerance)
  })
})
