import type { ValueName } from '@agon/core'
import type { SurrogateBuilder } from './builder.js'

/** In place of 0 where something is divided; small, and far from what overflows in float32. */
export const tiny = 1e-18

/** x, with a tiny number in place of 0. */
export function nonZeroOf(builder: SurrogateBuilder, owner: string, x: ValueName): ValueName {
  const isZero = builder.add(owner, 'Equal', [x, builder.floats(owner, [], [0])])
  return builder.add(owner, 'Where', [isZero, builder.floats(owner, [], [tiny]), x])
}
