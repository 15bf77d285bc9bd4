import type { ValueName } from '@agon/core'
import type { StaticModel } from '../static-model.js'
import type { SurrogateBuilder } from './builder.js'

/** Values that are 1 up to rounding and whose cotangent is the relevance of a value x: u = x Detach(1 / x). */
export interface Carriers {
  /** The carrier of a value of the model. */
  of(value: ValueName): ValueName
  /** Says which value carries. */
  set(value: ValueName, carrier: ValueName): void
}

/** In place of 0 where something is divided by x; small, and far from what overflows. */
const tiny = 1e-18

/** Makes carriers when they are first asked for. */
export function createCarriers(
  _: StaticModel,
  builder: SurrogateBuilder,
  current: ReadonlyMap<ValueName, ValueName>
): Carriers {
  const carriers = new Map<ValueName, ValueName>()
  const make = (value: ValueName): ValueName => {
    const x = current.get(value) ?? value
    const detached = builder.add(value, 'Detach', [x])
    const isZero = builder.add(value, 'Equal', [detached, builder.floats(value, [], [0])])
    const divisor = builder.add(value, 'Where', [isZero, builder.floats(value, [], [tiny]), detached])
    return builder.add(value, 'Mul', [x, builder.add(value, 'Reciprocal', [divisor])])
  }
  return {
    of(value) {
      const known = carriers.get(value) ?? make(value)
      carriers.set(value, known)
      return known
    },
    set: (value, carrier) => carriers.set(value, carrier)
  }
}
