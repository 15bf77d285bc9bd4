import { sizeOf, type Random } from '@agon/core'

/** How the weights of a layer begin. */
export type Initialiser = 'he' | 'glorot'

export const initialisers: readonly Initialiser[] = ['he', 'glorot']

/**
 * Weights of shape `[outputs, inputs, ...taps]` from a stream of their own:
 * he: normal, variance 2 / (inputs taps) (He et al. 2015, arXiv 1502.01852), for layers before a rectifier;
 * glorot: normal, variance 2 / ((inputs + outputs) taps) (Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks").
 */
export function initialWeights(shape: readonly number[], initialiser: Initialiser, random: Random): Float32Array {
  const [outputs, inputs, ...taps] = shape as [number, number, ...number[]]
  const fan = initialiser === 'he' ? inputs : inputs + outputs
  const deviation = Math.sqrt(2 / (fan * sizeOf(taps)))
  const weights = new Float32Array(sizeOf(shape))
  random.normals(weights)
  return weights.map((value) => deviation * value)
}
