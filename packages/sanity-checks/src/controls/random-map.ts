import { defineMethod, rowsOf, sizeOf } from '@agon/core'
import { bitsOf } from '../bits.js'
import { eachTarget } from './each-target.js'

/**
 * A control: independent standard normal numbers of the input's shape. Their stream is named by the example's logits and the label, so that another model or label gives another map
 * and the same ones the same: whatever a method shares with it, it owes to chance.
 */
export const randomMap = defineMethod({
  name: 'random-map',
  cite: 'Agon, docs/sanity-checks.md',
  defaults: {},
  attribute: async (context) => {
    const logits = rowsOf(context.logits)
    const shape = context.input.shape.slice(1)
    return eachTarget(context, shape, (n, target) => {
      const map = new Float32Array(sizeOf(shape))
      context.random.fork('random-map', ...bitsOf(logits[n]!), target).normals(map)
      return map
    })
  }
})
