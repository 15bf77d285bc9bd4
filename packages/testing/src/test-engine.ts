import type { Engine } from '@agon/core'
import { opCases } from './op-cases.js'
import type { OpCase } from './op-cases/op-case.js'
import { createChecks, type Skips } from './suite/check.js'
import { contestChecks } from './suite/contests.js'
import { controlChecks } from './suite/control.js'
import { cotangentChecks } from './suite/cotangents.js'
import { operatorChecks } from './suite/operators.js'
import { passChecks } from './suite/passes.js'
import { refusalChecks } from './suite/refusals.js'
import type { Runner } from './suite/runner.js'
import { tinyModels, type TinyModel } from './tiny-models.js'

export interface EngineTestOptions {
  /** What is right: the reference engine. */
  readonly oracle: Engine
  /** Declares the tests: `{ describe, it }` of vitest, jest, mocha or node:test. */
  readonly runner: Runner
  /** Default: the whole table. */
  readonly cases?: readonly OpCase[]
  /** Default: one of each kind of network. */
  readonly models?: readonly TinyModel[]
  /** Byte budgets that must all give the same bits; each must do for at least one label. Default 1, 4 and 64 MiB. */
  readonly budgets?: readonly number[]
  /** Checks that this engine cannot pass, by title, each with the reason. */
  readonly skip?: Skips
}

const mebibyte = 2 ** 20

/**
 * The conformance suite of engines: declares tests, so call it at the top level of a test file. Every operator case forward
 * and backward against the oracle and finite differences; contests as folds of gradients bit for bit; independence of batch and
 * chunks; abort, progress, dispose; refusals and their codes.
 */
export function testEngine(engine: Engine, options: EngineTestOptions): void {
  const { oracle, runner, cases = opCases, models = tinyModels(), skip } = options
  const { describe } = runner
  const { budgets = [mebibyte, 4 * mebibyte, 64 * mebibyte] } = options
  const checks = createChecks(runner, skip)
  const subject = { engine, oracle }
  describe(`engine '${engine.name}'`, () => {
    describe('operators', () => operatorChecks(checks, subject, cases))
    describe('passes', () => passChecks(checks, subject, models))
    describe('cotangents', () => cotangentChecks(checks, subject))
    describe('contests', () => contestChecks(checks, subject, models, budgets))
    describe('control', () => controlChecks(checks, subject))
    describe('refusals', () => refusalChecks(checks, subject))
    checks.assertSkipsUsed()
  })
}
