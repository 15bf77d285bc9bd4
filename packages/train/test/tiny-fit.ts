import { layersOf } from '../src/nets/layers.js'
import type { FitOptions } from '../src/index.js'
import { noisyRows } from './sets.js'

/** A fit that takes the reference engine a moment: a convolution and a dense layer on 50 pictures of 6 x 6, with a last batch of fewer. */
export const tinyNet = layersOf('tiny', 3, 'he')
  .conv(1, 3, 3, 1)
  .relu()
  .halve()
  .flatten()
  .dense(27, 2)
  .model([1, 6, 6], 2)

export const tinySet = noisyRows(50, 6, 1)

export const tinyOptions: FitOptions = { epochs: 4, batch: 8, rate: 0.02, decay: 0.01, seed: 5 }

/** Bytes of all weights, in the order of their names. */
export function weightBytes(model: { readonly constants: ReadonlyMap<string, { readonly data: ArrayBufferView }> }) {
  const names = [...model.constants.keys()].sort()
  return names.map((name) => {
    const { buffer, byteOffset, byteLength } = model.constants.get(name)!.data
    return Buffer.from(buffer, byteOffset, byteLength).toString('hex')
  })
}
