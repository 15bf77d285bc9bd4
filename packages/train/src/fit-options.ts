import { AgonError, assertWhole, resolveOptions, type AdamStep } from '@agon/core'
import type { CheckpointStore } from './checkpoint.js'
import { assertSchedule, type ScheduleName } from './schedule.js'

/** What decides the result of a fit, bit for bit, besides the model, the examples and the engine. */
export interface FitSettings extends Omit<AdamStep, 'step'> {
  /** How often every example is seen, at most. */
  readonly epochs: number
  /** Examples in a batch; the last of an epoch may have fewer. */
  readonly batch: number
  /** How `rate` changes; see `rateAt`. */
  readonly schedule: ScheduleName
  /** Share of all updates in which a cycle's rate rises. */
  readonly warmup: number
  /** The fit ends after an epoch in which a larger share of the examples than this was named correctly, each before the update that it took part in. 1: never. */
  readonly until: number
  /** Of the order of the examples. */
  readonly seed: number
}

/** What does not change the result. */
export interface FitRun {
  readonly onProgress?: (progress: FitProgress) => void
  /** An abort ends the fit between two updates; with a store, nothing is lost. */
  readonly signal?: AbortSignal
  /** Where the fit is written to from time to time, and continued from if there is something. */
  readonly checkpoint?: CheckpointStore
  /** Updates between two checkpoints; default 500. */
  readonly checkpointEvery?: number
}

export interface FitOptions extends Partial<FitSettings>, FitRun {}

/** After every update. Epochs and batches count from 1; figures are those of the running epoch so far. */
export interface FitProgress {
  readonly epoch: number
  readonly epochs: number
  readonly batch: number
  readonly batches: number
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** Share of the examples that were named correctly. */
  readonly accuracy: number
  /** Until all epochs are done, at the speed of this run so far. */
  readonly secondsLeft: number
}

/** 5 epochs of batches of 128, Adam as published, one cycle of the rate up to 0.001, no decay. */
export const fitDefaults: FitSettings = {
  epochs: 5,
  batch: 128,
  rate: 0.001,
  schedule: 'one-cycle',
  warmup: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  decay: 0,
  until: 1,
  seed: 0
}

/** Given settings laid over the defaults. Throws AGON_BAD_OPTION. */
export function resolveSettings(given: FitOptions): FitSettings {
  const { onProgress, signal, checkpoint, checkpointEvery, ...settings } = given
  void [onProgress, signal, checkpoint]
  if (checkpointEvery !== undefined)
    assertWhole('option checkpointEvery of fit', checkpointEvery, 1, Number.MAX_SAFE_INTEGER)
  const resolved = resolveOptions('fit', fitDefaults, settings)
  assertWhole("option 'epochs' of fit", resolved.epochs, 1, 1e6)
  assertWhole("option 'batch' of fit", resolved.batch, 1, 1e6)
  assertWhole("option 'seed' of fit", resolved.seed, 0, 2 ** 32 - 1)
  assertSchedule(resolved.schedule)
  for (const [name, least, below] of ranges) assertRange(name, resolved[name], least, below)
  return resolved
}

/** Least value, and the one that it must stay below. */
const ranges = [
  ['rate', Number.MIN_VALUE, Infinity],
  ['warmup', 0, 1],
  ['beta1', 0, 1],
  ['beta2', 0, 1],
  ['epsilon', Number.MIN_VALUE, Infinity],
  ['decay', 0, Infinity],
  ['until', 0, 1 + Number.EPSILON]
] as const

function assertRange(name: string, value: number, least: number, below: number): void {
  if (value >= least && value < below) return
  const expected = below === Infinity ? `a number from ${least}` : `a number from ${least} to ${Math.floor(below)}`
  throw new AgonError('AGON_BAD_OPTION', { what: `option '${name}' of fit`, expected, found: `${value}` })
}
