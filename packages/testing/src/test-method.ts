import type { Engine, Method } from '@agon/core'
import { createChecks, type Skips } from './suite/check.js'
import { conditionChecks } from './suite/method-conditions.js'
import { definitionChecks, mapChecks } from './suite/methods.js'
import type { Runner } from './suite/runner.js'
import { tinyCnn, tinyMlp, tinyResidual, type TinyModel } from './tiny-models.js'

/** Makes a method; `options` are its own. */
export type MethodFactory = (options?: never) => Method

export interface MethodTestOptions {
  /** What the method is run on. */
  readonly engine: Engine
  /** Declares the tests: `{ describe, it }` of vitest, jest, mocha or node:test. */
  readonly runner: Runner
  /** Options of the method, for instance fewer samples. */
  readonly options?: object
  /** Default: a dense, a convolutional and a residual network. */
  readonly models?: readonly TinyModel[]
  /** Byte budgets that must all give the same bits; each must do for at least one label. Default 64 KiB and 1 MiB. */
  readonly budgets?: readonly number[]
  /** Checks that this method cannot pass, by title, each with the reason. */
  readonly skip?: Skips
}

/**
 * The conformance suite of saliency methods: declares tests, so call it at the top level of a test file. Name, source and options; shapes
 * and finiteness of maps; determinism; independence of batch, of other targets and of the byte budget; abort; competition and
 * SmoothGrad over it.
 */
export function testMethod(factory: MethodFactory, options: MethodTestOptions): void {
  const {
    models = [tinyMlp(), tinyCnn(), tinyResidual()],
    budgets = [2 ** 16, 2 ** 20],
    engine,
    runner,
    skip
  } = options
  const make = (): Method => factory(options.options as never)
  const checks = createChecks(runner, skip)
  runner.describe(`method '${make().name}'`, () => {
    definitionChecks(checks, factory, options.options)
    for (const tiny of models) {
      mapChecks(checks, { make, tiny, engine })
      conditionChecks(checks, { make, tiny, engine }, budgets)
    }
    checks.assertSkipsUsed()
  })
}
