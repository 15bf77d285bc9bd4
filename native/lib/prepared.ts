import { formatShape, type Model, type Precision, type ValueName } from '@agon/core'
import { keepRecent, specialize, type StaticModel } from '@agon/graph'
import type { NativeSession, Origin, Program } from './addon.js'
import { callCore } from './job.js'
import { lower } from './lower.js'

/** A model made ready for one input shape. */
export interface Prepared {
  /** The model as it was loaded, and at this shape. */
  readonly original: Model
  readonly model: StaticModel
  /** Ids of the values that are computed from the input, and of the output. */
  readonly ids: ReadonlyMap<ValueName, number>
  readonly output: number
  /** Per instruction of the native program. */
  readonly origins: readonly Origin[]
  readonly native: NativeSession
  /** As in Runtime. */
  readonly plans: boolean
}

/** What sessions run on: a core of the addon, with its settings. */
export interface Runtime {
  /** Of its backward passes. */
  readonly precisions: readonly Precision[]
  /** Whether its contests can tell how they were carried out. */
  readonly plans: boolean
  /** Throws errors of the core as they come. */
  prepare(program: Program): NativeSession
}

/** Models prepared for the input shapes used last; older ones are dropped, so that varying shapes do not fill the memory. */
export interface PreparedModels {
  /** `shape` is that of one example, `[1, ...]`. */
  of(shape: readonly number[]): Prepared
  dispose(): void
}

const kept = 4

export function prepareOnDemand(model: Model, runtime: Runtime): PreparedModels {
  const byShape = keepRecent<Prepared>(kept, ({ native }) => native.dispose())
  return {
    of: (shape) => byShape.of(formatShape(shape), () => prepare(model, shape, runtime)),
    dispose: () => byShape.clear()
  }
}

function prepare(model: Model, shape: readonly number[], runtime: Runtime): Prepared {
  const specialized = specialize(model, shape)
  const { program, ids, origins } = lower(specialized)
  const native = callCore(() => runtime.prepare(program))
  return { original: model, model: specialized, ids, output: program.output, origins, native, plans: runtime.plans }
}
