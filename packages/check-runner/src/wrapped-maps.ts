import { example, explain, type Method, type Tensor } from '@agon/core'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'

/** Maps of the unchanged model by what trials make of a method: once for each method value. */
export interface WrappedMaps {
  /** `[1, ...]` each. */
  of(sitting: Sitting, made: Method, batch: KnownBatch): Promise<readonly Tensor[]>
}

export function createWrappedMaps(): WrappedMaps {
  const known = new WeakMap<Method, Map<string, Promise<readonly Tensor[]>>>()
  return {
    async of(sitting, made, batch) {
      const maps = known.get(made) ?? new Map<string, Promise<readonly Tensor[]>>()
      known.set(made, maps)
      const key = JSON.stringify(batch.inputs.map(({ name }) => name))
      const options = { ...explainOptions(sitting), target: batch.targets }
      const map =
        maps.get(key) ??
        explain(sitting.session, batch.input, made, options).then(({ attribution }) =>
          batch.inputs.map((_, n) => example(attribution, n))
        )
      maps.set(key, map)
      return map
    }
  }
}
