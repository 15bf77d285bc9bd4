import type { Constant } from '@agon/core'
import { integers, numberAttribute, numbersAttribute, scalar, type Site, type Upgrade } from './site.js'

/** Constant nodes (value, value_float, value_floats, value_int, value_ints) become constants of the model. */
export const constant: Upgrade = (site) => {
  const value = stated(site)
  if (value === undefined)
    return { refused: 'holds texts or a sparse tensor', remedy: 'Use a dense tensor of numbers.' }
  site.define(0, value)
  return []
}

function stated(site: Site): Constant | undefined {
  const { value } = site.node.attributes
  if (typeof value === 'object' && 'dtype' in value) return value
  const [float, int] = [numberAttribute(site, 'value_float'), numberAttribute(site, 'value_int')]
  if (float !== undefined) return scalar(float)
  if (int !== undefined) return { dtype: 'int64', shape: [], data: Float64Array.of(int) }
  const [floats, ints] = [numbersAttribute(site, 'value_floats'), numbersAttribute(site, 'value_ints')]
  if (floats) return { dtype: 'float32', shape: [floats.length], data: Float32Array.from(floats) }
  return ints && integers(ints)
}
