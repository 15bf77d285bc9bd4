import type { Check, CheckStep, Engine, ExplainOptions, Figure, Method, Model, Tensor } from '@agon/core'
import { createTrained } from './trained.js'
import { runTrial } from './run-trial.js'

export interface RunCheckOptions extends Pick<
  ExplainOptions,
  'target' | 'labels' | 'baseline' | 'seed' | 'signal' | 'memory'
> {
  /** What compares the maps, unless the check has figures of its own. */
  readonly figures: readonly Pick<Figure, 'name' | 'compare'>[]
  /** Pictures are compared by their sum over channels (`'pixel'`, default), or as they are (`'element'`). */
  readonly granularity?: 'pixel' | 'element'
  /** `done` of `total` trials. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The figures of one example in one trial. */
export interface CheckCell {
  /** From 1: step 0, at which nothing is changed and every similarity is 1, is not among them. */
  readonly step: number
  /** From 0. */
  readonly draw: number
  /** Place in the batch. */
  readonly example: number
  /** The label explained in the trial. */
  readonly target: number
  readonly figures: Readonly<Record<string, number>>
}

export interface CheckRun {
  readonly check: string
  readonly method: string
  readonly steps: readonly CheckStep[]
  /** The label of every example that the unchanged model's maps explain. */
  readonly target: readonly number[]
  readonly cells: readonly CheckCell[]
  readonly seed: number
}

/**
 * Runs one check of one method on a batch `[N, ...]`, in memory: for every step and draw the maps of the trial beside those of the unchanged model, by every figure. Each model is
 * loaded once and its session disposed. Throws what `explain` and the check throw.
 */
export async function runCheck(
  engine: Engine,
  model: Model,
  method: Method,
  input: Tensor,
  check: Check,
  options: RunCheckOptions
): Promise<CheckRun> {
  const steps = check.steps(model)
  const { seed = 0 } = options
  const trained = await createTrained(engine, model, input, options)
  try {
    const cells: CheckCell[] = []
    for (const step of steps.keys()) {
      for (let draw = 0; draw < check.draws; draw++) {
        options.signal?.throwIfAborted()
        cells.push(...(await runTrial({ engine, model, method, input, check, options, trained }, step, draw)))
        options.onProgress?.(step * check.draws + draw + 1, steps.length * check.draws)
      }
    }
    return { check: check.name, method: method.name, steps, target: trained.target, cells, seed }
  } finally {
    trained.session.dispose()
  }
}
