import type { Random } from '@agon/core'
import type { Parameter, ParameterRole, WeightedLayer } from '../layers/layer.js'
import { normal, permuted, truncatedNormal, uniform } from './draws.js'
import type { RedrawOptions } from './options.js'

/** What a parameter that is not drawn is in a net that nobody has trained. The slope is that of He et al. 2015. */
const fresh: Readonly<Partial<Record<ParameterRole, number>>> = {
  bias: 0,
  shift: 0,
  mean: 0,
  scale: 1,
  variance: 1,
  slope: 0.25
}

/** New numbers for a parameter of a layer, or undefined where it stays. `random` is the stream of this parameter. */
export function drawParameter(
  { rectified }: WeightedLayer,
  { role, fans }: Parameter,
  data: Float32Array,
  { initialiser, sigma, statistics }: RedrawOptions,
  random: Random
): Float32Array | undefined {
  if (role === 'mean' || role === 'variance') {
    if (statistics === 'keep') return undefined
    return statistics === 'permute' ? permuted(data, random) : new Float32Array(data.length).fill(fresh[role]!)
  }
  if (initialiser === 'permutation') return permuted(data, random)
  if (Object.hasOwn(fresh, role)) return new Float32Array(data.length).fill(fresh[role]!)
  if (initialiser === 'truncated-normal') return truncatedNormal(data.length, sigma!, random)
  if (fans === undefined) return normal(data.length, 1, random)
  if (initialiser === 'own' && rectified) return normal(data.length, Math.sqrt(2 / fans.in), random)
  return uniform(data.length, Math.sqrt(6 / (fans.in + fans.out)), random)
}
