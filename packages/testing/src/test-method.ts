import type { Engine, Method } from '@agon/core'
import { describe } from 'vitest'
import { createChecks, type Skips } from './suite/check.js'
import { definitionChecks, mapChecks } from './suite/methods.js'
import { tinyCnn, tinyMlp, tinyResidual, type TinyModel } from './tiny-models.js'

/** Makes a method; `options` are its own. */
export type MethodFactory = (options?: never) => Method

export interface MethodTestOptions {
  /** What the method is run on. */
  readonly engine: Engine
  /** Options of the method, for instance fewer samples. */
  readonly options?: object
  /** Default: a dense, a convolutional and a residual network. */
  readonly models?: readonly TinyModel[]
  /** Checks that this method cannot pass, by title, each with the reason. */
  readonly skip?: Skips
}

/**
 * The conformance suite of saliency methods: declares vitest tests, so call it at the top level of a test file. Name, source and
 * options; shape and finiteness of maps; determinism; independence of batch and of other targets; abort; competition.
 */
export function testMethod(factory: MethodFactory, options: MethodTestOptions): void {
  const { models = [tinyMlp(), tinyCnn(), tinyResidual()], skip } = options
  const make = (): Method => factory(options.options as never)
  const checks = createChecks(skip)
  describe(`method '${make().name}'`, () => {
    definitionChecks(checks, factory, make)
    for (const tiny of models) mapChecks(checks, { make, tiny, engine: options.engine })
    checks.assertSkipsUsed()
  })
}
