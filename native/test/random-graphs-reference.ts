import type { Session, Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError } from '@agon/testing'
import { expect } from 'vitest'
import { range } from './helpers.js'
import type { Trial } from './random-graphs.js'
import { compareContests, foldOf, peak, row } from './random-graphs-contest.js'

/** What was seen over all graphs. */
export interface Tally {
  /** Largest errors of logits and of gradients whose terms do not cancel. */
  forward: number
  vjp: number
  /** Decisions of contests, and those that differ from the reference engine's. */
  decisions: number
  differing: number
  /** Graphs whose gradients are what cancellation leaves, and graphs without an example away from kinks. */
  cancelling: number
  skipped: number
}

/** Largest error of logits, of a contest and of a label's map, relative to its largest value (of a map: plus a hundredth of the largest of all labels). */
export const tolerance = 1e-4
/** Largest error of a map whose terms cancel, relative to the largest of those terms. */
const toleranceOfTerms = 1e-5

/** Logits, the gradients of all labels, those at a value in the middle, and the contest against the reference engine. */
export async function checkReference(session: Session, trial: Trial, tally: Tally): Promise<void> {
  const { model, example, labels, options, middle } = trial
  if (example === undefined) {
    tally.skipped++
    return
  }
  const oracle = await createReferenceEngine().load(model)
  const logits = alike('logits', await session.forward(example), await oracle.forward(example))
  tally.forward = Math.max(tally.forward, logits)
  alike(
    `value ${middle}`,
    await session.forward(example, { at: middle }),
    await oracle.forward(example, { at: middle })
  )
  const some = { labels: [range(Math.min(labels, 3))] }
  const there = { wrt: middle }
  await compareMaps(trial, await session.vjp(example, some, there), await oracle.vjp(example, some, there), middle)
  const seeds = { labels: [range(labels)], scale: options.scale ?? 'one' }
  const expected = await oracle.vjp(example, seeds)
  const error = await compareMaps(trial, await session.vjp(example, seeds), expected)
  if (error < tolerance) tally.vjp = Math.max(tally.vjp, error)
  else tally.cancelling++
  const contest = await session.contest(example, [range(labels)], options)
  // What differs by more than decisions can bear has been checked label by label.
  if (error < tolerance) compareContests(contest, foldOf(expected, trial), trial, expected, tally)
}

function alike(what: string, found: Tensor, expected: Tensor): number {
  expect(found.shape, what).toEqual(expected.shape)
  const error = relativeError(found.data, expected.data)
  expect(error, what).toBeLessThan(tolerance)
  return error
}

/**
 * Compares every label's map, at the input or another value, and returns the largest error, relative to the map's largest value plus a hundredth of that of all
 * labels: behind a waist, the cotangents of one label may cancel. Where it is above the tolerance, the map must be what is left when larger terms cancel: its
 * error is then measured by those.
 */
export async function compareMaps(trial: Trial, found: Tensor, expected: Tensor, wrt?: string): Promise<number> {
  expect(found.shape, 'gradients').toEqual(expected.shape)
  const errors: number[] = []
  const all = peak(expected.data)
  for (const l of range(expected.shape[0]!)) {
    const [own, wanted] = [row(found, l).data, row(expected, l).data]
    const difference = peak(own.map((value, i) => value - wanted[i]!))
    const error = difference / (peak(wanted) + all / 100 || 1)
    errors.push(error)
    if (error < tolerance) continue
    const terms = await largestTerm(trial, l, wrt)
    const what = `gradient of label ${l}, off by ${error} of its largest value, of the largest term`
    expect(difference / terms, what).toBeLessThan(toleranceOfTerms)
  }
  return Math.max(...errors)
}

/**
 * The largest change of a logit that any value between `wrt` and the logits makes, |gradient| |value| at their largest, per unit of `wrt`: rounding errors are
 * relative to it, also where the gradient at `wrt` is small because its terms cancel (a mean behind a normalisation by the same mean, a waist).
 */
async function largestTerm({ model, example, options }: Trial, label: number, wrt?: string): Promise<number> {
  const oracle = await createReferenceEngine().load(model)
  const seeds = { labels: [[label]], scale: wrt === undefined ? (options.scale ?? 'one') : 'one' } as const
  const names = model.nodes.flatMap(({ outputs }) => outputs)
  let most = 0
  for (const at of names.slice(wrt === undefined ? 0 : names.indexOf(wrt))) {
    const gradient = await oracle.vjp(example!, seeds, { wrt: at })
    const value = await oracle.forward(example!, { at })
    most = Math.max(most, peak(gradient.data) * peak(value.data))
  }
  const unit = wrt === undefined ? example! : await oracle.forward(example!, { at: wrt })
  return most / peak(unit.data)
}
