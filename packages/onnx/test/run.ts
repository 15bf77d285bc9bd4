import type { Model, Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { createRandom, sizeOf } from '@agon/core'
import ort from 'onnxruntime-node'
import { expect } from 'vitest'

/** Seeded values between -1 and 1. */
export function noise(shape: readonly number[], seed = 1): Tensor {
  const random = createRandom(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.uniform() * 2 - 1) }
}

/** The first output (or the named one) that onnxruntime computes, without its own graph changes. */
export async function runOrt(bytes: Uint8Array, input: Tensor, type: 'float32' | 'int64' = 'float32', output?: string) {
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 })
  const data = type === 'int64' ? BigInt64Array.from(input.data, (value) => BigInt(value)) : input.data
  const feeds = { [session.inputNames[0]!]: new ort.Tensor(type, data, [...input.shape]) }
  const result = (await session.run(feeds))[output ?? session.outputNames[0]!]!
  await session.release()
  return { shape: [...result.dims], data: Float32Array.from(result.data as Float32Array) }
}

export async function runReference(model: Model, input: Tensor): Promise<Tensor> {
  const session = await createReferenceEngine().load(model)
  const result = await session.forward(input)
  session.dispose()
  return result
}

/** Equal shapes, and values within `relative` of the largest. */
export function expectClose(actual: Tensor, expected: Tensor, relative = 1e-4): void {
  expect([...actual.shape]).toEqual([...expected.shape])
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.data[i]!)), 0)
  expect(worst).toBeLessThanOrEqual(relative * largest)
}
