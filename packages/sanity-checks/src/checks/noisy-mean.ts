import { attribute, example, rowsOf, type Method, type MethodContext, type Random, type Tensor } from '@agon/core'
import { bitsOf } from '../bits.js'

export interface NoisyMeanOptions {
  readonly samples: number
  /** Standard deviation as a share of an example's range. */
  readonly noise: number
  /** Forked by what an example holds, and by sample. */
  readonly random: Random
}

/**
 * The method whose maps are means over noisy inputs: (1/n) sum over k of h(x + e_k), e_k normal with the standard deviation `noise` (max x - min x), the labels those of x. Unlike a
 * SmoothGrad over the method it takes its noise from a stream of the caller's, so that another model or seed of the method does not change it.
 */
export function noisyMean(method: Method, { samples, noise, random }: NoisyMeanOptions): Method {
  return {
    name: method.name,
    ...(method.cite !== undefined && { cite: method.cite }),
    options: { ...method.options, samples, noise },
    async attribute(context) {
      const { input, session, signal } = context
      const streams = rowsOf(input).map((row) => random.fork(...bitsOf(row)))
      const sigmas = rowsOf(input).map((row) => noise * rangeOf(row))
      let mean: { shape: readonly number[]; data: Float64Array } | undefined
      for (let k = 0; k < samples; k++) {
        signal?.throwIfAborted()
        const noisy = noisyOf(input, sigmas, (n) => streams[n]!.fork('noise', k))
        const logits = await session.forward(noisy, signal && { signal })
        const { attribution } = await attribute(method, {
          ...context,
          ...inner(context, k, samples),
          input: noisy,
          logits,
          random: context.random.fork('noisy', k)
        })
        mean ??= { shape: attribution.shape, data: new Float64Array(attribution.data.length) }
        for (let i = 0; i < mean.data.length; i++) mean.data[i] = mean.data[i]! + attribution.data[i]!
      }
      return { shape: mean!.shape, data: Float32Array.from(mean!.data, (sum) => sum / samples) }
    }
  }
}

/** Of `samples` runs the k-th: its progress is a part of the whole; what it notes, it notes of noisy inputs that nobody sees. */
function inner({ onProgress, averaged }: MethodContext, k: number, samples: number) {
  return {
    averaged: averaged ?? true,
    note: () => undefined,
    onProgress: (done: number, total: number) => onProgress?.(k * total + done, samples * total)
  }
}

function noisyOf(input: Tensor, sigmas: readonly number[], streamOf: (n: number) => Random): Tensor {
  const data = new Float32Array(input.data.length)
  const size = data.length / sigmas.length
  sigmas.forEach((sigma, n) => {
    const into = data.subarray(n * size, (n + 1) * size)
    streamOf(n).normals(into)
    const x = example(input, n).data
    for (let i = 0; i < size; i++) into[i] = x[i]! + sigma * into[i]!
  })
  return { shape: input.shape, data }
}

function rangeOf(row: Float32Array): number {
  let [least, most] = [Infinity, -Infinity]
  for (const value of row) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return most - least
}
