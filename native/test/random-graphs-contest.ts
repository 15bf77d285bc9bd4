import { createFold, minusBaseline, multiply, sumAxis, type Contest, type Tensor } from '@agon/core'
import { expect } from 'vitest'
import { range } from './helpers.js'
import type { Trial } from './random-graphs.js'
import { tolerance, type Tally } from './random-graphs-reference.js'

/** Lead of a winner, relative to the largest value of the contest, below which float32 may decide otherwise. */
const nearTie = 1e-5

/** Largest magnitude; infinity where a value is not finite. */
export function peak(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : Infinity), 0)
}

/** Row l of `[L, ...]`. */
export function row({ shape, data }: Tensor, l: number): Tensor {
  const size = data.length / shape[0]!
  return { shape: shape.slice(1), data: data.subarray(l * size, (l + 1) * size) }
}

/** The contest by core's fold, from the gradients `[L, 1, ...]` of all labels. */
export function foldOf(gradients: Tensor, trial: Trial): Contest {
  const { example, options, labels } = trial
  const axis = options.sumAxis
  const shape = example!.shape.map((extent, at) => (at === axis ? 1 : extent))
  const fold = createFold(shape, [range(labels)], undefined)
  const factor = factorOf(trial)
  for (const label of range(labels)) {
    const own = row(gradients, label)
    const map = factor === undefined ? own : { shape: own.shape, data: multiply(own.data, factor.data) }
    fold.add(0, label, (axis === undefined ? map : sumAxis(map, axis)).data)
  }
  return fold.finish()
}

function factorOf({ example, options }: Trial): Tensor | undefined {
  if (options.multiply === 'none') return undefined
  return options.multiply === 'input' ? example : minusBaseline(example!, options.baseline)
}

/** Values within the tolerance and the same decisions, near ties apart. `gradients` are those that the expected contest was folded from. */
export function compareContests(
  found: Contest,
  expected: Contest,
  trial: Trial,
  gradients: Tensor,
  tally: Tally
): void {
  const scale = scaleOf(expected, trial, gradients)
  for (const name of ['best', 'runnerUp', 'worst', 'runnerDown'] as const) {
    const off = found[name].findIndex((value, i) => !(Math.abs(value - expected[name][i]!) <= tolerance * scale))
    expect(off, `${name} of the contest, element`).toBe(-1)
  }
  const lead = (first: Float32Array, second: Float32Array): number[] =>
    Array.from(first, (value, i) => Math.abs(value - second[i]!) / scale)
  const { best, runnerUp, worst, runnerDown } = expected
  compareDecisions('winner', found.bestLabel, expected.bestLabel, lead(best, runnerUp), tally)
  compareDecisions('loser', found.worstLabel, expected.worstLabel, lead(worst, runnerDown), tally)
}

/** The largest value of the contest, or a tenth of the largest product that was summed for it: a sum over an axis may cancel. */
function scaleOf({ best, worst }: Contest, trial: Trial, gradients: Tensor): number {
  const factor = factorOf(trial)
  const size = trial.example!.data.length
  const products =
    factor === undefined ? gradients.data : gradients.data.map((value, i) => value * factor.data[i % size]!)
  return Math.max(peak(best), peak(worst), trial.options.sumAxis === undefined ? 0 : peak(products) / 10) || 1
}

function compareDecisions(what: string, found: Int32Array, expected: Int32Array, lead: number[], tally: Tally): void {
  tally.decisions += expected.length
  expected.forEach((label, i) => {
    if (found[i] === label) return
    tally.differing++
    expect(lead[i], `${what} of element ${i} is label ${found[i]}, not ${label}, which leads by`).toBeLessThan(nearTie)
  })
}
