import { createFold, minusBaseline, multiply, sumAxis, type Contest, type Session, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError } from '@agon/testing'
import { expect } from 'vitest'
import { range } from './helpers.js'
import type { Trial } from './random-graphs.js'

/** What was seen over all graphs. */
export interface Tally {
  forward: number
  vjp: number
  /** Decisions of contests, those that differ from the reference engine's, and graphs without an example away from kinks. */
  decisions: number
  differing: number
  skipped: number
}

/** Largest error of logits, of a contest and of a label's map (see mapErrors). */
export const tolerance = 1e-4
/** Lead of a winner, relative to the largest value of the contest, below which float32 may decide otherwise. */
const nearTie = 1e-5

/** Logits, the gradients of all labels, those at a value in the middle, and the contest against the reference engine. */
export async function checkReference(session: Session, trial: Trial, tally: Tally): Promise<void> {
  const { model, example, labels, options, middle } = trial
  if (example === undefined) {
    tally.skipped++
    return
  }
  const oracle = await createReferenceEngine().load(model)
  const seeds = { labels: [range(labels)], scale: options.scale ?? 'one' }
  tally.forward = Math.max(
    tally.forward,
    alike('logits', await session.forward(example), await oracle.forward(example))
  )
  const at = [await session.forward(example, { at: middle }), await oracle.forward(example, { at: middle })] as const
  alike(`value ${middle}`, ...at)
  const some = { labels: [range(Math.min(labels, 3))] }
  const there = [await session.vjp(example, some, { wrt: middle }), await oracle.vjp(example, some, { wrt: middle })]
  mapsAlike(`gradient at ${middle}`, there[0]!, there[1]!)
  const expected = await oracle.vjp(example, seeds)
  tally.vjp = Math.max(tally.vjp, mapsAlike('gradient', await session.vjp(example, seeds), expected))
  const contest = await session.contest(example, [range(labels)], options)
  compareContests(contest, foldOf(expected, trial), tally)
}

function alike(what: string, found: Tensor, expected: Tensor): number {
  expect(found.shape, what).toEqual(expected.shape)
  const error = relativeError(found.data, expected.data)
  expect(error, what).toBeLessThan(tolerance)
  return error
}

function mapsAlike(what: string, found: Tensor, expected: Tensor): number {
  expect(found.shape, what).toEqual(expected.shape)
  const errors = mapErrors(found, expected)
  errors.forEach((error, l) => expect(error, `${what} of label ${l}`).toBeLessThan(tolerance))
  return Math.max(...errors)
}

/**
 * The error of every label's map, relative to its largest value plus a hundredth of the largest of all labels: behind a waist, the cotangents of one label may
 * cancel, and leave a map that is small beside the terms it is a sum of.
 */
export function mapErrors(found: Tensor, expected: Tensor): number[] {
  const all = peak(expected.data)
  return range(expected.shape[0]!).map((l) => {
    const [own, wanted] = [row(found, l).data, row(expected, l).data]
    return peak(own.map((value, i) => value - wanted[i]!)) / (peak(wanted) + all / 100 || 1)
  })
}

function peak(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0)
}

function row({ shape, data }: Tensor, l: number): Tensor {
  const size = data.length / shape[0]!
  return { shape: shape.slice(1), data: data.subarray(l * size, (l + 1) * size) }
}

/** The contest by core's fold, from the gradients `[L, 1, ...]` of all labels. */
export function foldOf(gradients: Tensor, { example, options, labels }: Trial): Contest {
  const { multiply: by = 'none', sumAxis: axis, baseline } = options
  const factor = by === 'none' ? undefined : by === 'input' ? example : minusBaseline(example!, baseline)
  const shape = example!.shape.map((extent, at) => (at === axis ? 1 : extent))
  const fold = createFold(shape, [range(labels)], undefined)
  for (const label of range(labels)) {
    const own = row(gradients, label)
    const map = factor === undefined ? own : { shape: own.shape, data: multiply(own.data, factor.data) }
    fold.add(0, label, (axis === undefined ? map : sumAxis(map, axis)).data)
  }
  return fold.finish()
}

function compareContests(found: Contest, expected: Contest, tally: Tally): void {
  for (const name of ['best', 'runnerUp', 'worst', 'runnerDown'] as const) {
    const scale = largest(expected)
    const off = found[name].findIndex((value, i) => !(Math.abs(value - expected[name][i]!) <= tolerance * scale))
    expect(off, `${name} of the contest, element`).toBe(-1)
  }
  compareDecisions(
    'winner',
    found.bestLabel,
    expected.bestLabel,
    leads(expected.best, expected.runnerUp, expected),
    tally
  )
  const below = leads(expected.worst, expected.runnerDown, expected)
  compareDecisions('loser', found.worstLabel, expected.worstLabel, below, tally)
}

function compareDecisions(what: string, found: Int32Array, expected: Int32Array, lead: number[], tally: Tally): void {
  tally.decisions += expected.length
  expected.forEach((label, i) => {
    if (found[i] === label) return
    tally.differing++
    expect(lead[i], `${what} of element ${i} is label ${found[i]}, not ${label}, which leads by`).toBeLessThan(nearTie)
  })
}

/** Leads relative to the largest value of the contest. */
function leads(first: Float32Array, second: Float32Array, contest: Contest): number[] {
  const scale = largest(contest) || 1
  return Array.from(first, (value, i) => Math.abs(value - second[i]!) / scale)
}

function largest({ best, worst }: Contest): number {
  return best.reduce((most, value, i) => Math.max(most, Math.abs(value), Math.abs(worst[i]!)), 0)
}
