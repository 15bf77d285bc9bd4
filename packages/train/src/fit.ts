import { AgonError, createRandom, type Engine, type Learner, type Model } from '@agon/core'
import { decodeCheckpoint, encodeCheckpoint, type EpochFigures, type Position } from './checkpoint.js'
import { assertExamples, batchOf, countOf, type Examples } from './examples.js'
import { fitFingerprint } from './fingerprint.js'
import { resolveSettings, type FitOptions, type FitProgress, type FitRun, type FitSettings } from './fit-options.js'
import { rateAt } from './schedule.js'
import { withParameters } from './with-parameters.js'

/** A fitted model and how it came about. */
export interface Fitted {
  /** The given model with other weights. */
  readonly model: Model
  /** Figures of every epoch that was run. */
  readonly history: readonly EpochFigures[]
  readonly settings: FitSettings
  /** Updates that were taken from a checkpoint, and not made here. */
  readonly resumedAt: number
}

/**
 * Fits a model's weights to examples by Adam on the mean cross-entropy of random batches. The result follows from the model, the examples, the settings and the
 * engine: the same bits for any number of threads, and for a fit that was interrupted and resumed as for one that ran through.
 * Throws AGON_NO_ENGINE for an engine without parameter gradients, AGON_NOT_FINITE for a fit that diverges, and the signal's reason once it is aborted.
 */
export async function fit(engine: Engine, model: Model, examples: Examples, options: FitOptions = {}): Promise<Fitted> {
  assertExamples(examples)
  const settings = resolveSettings(options)
  const fingerprint = options.checkpoint ? await fitFingerprint(engine.name, model, examples, settings) : ''
  const learner = await learnerOf(engine, model)
  try {
    const start = await resume(learner, fingerprint, options)
    const { history } = await runFrom(start, { learner, examples, settings, options, fingerprint })
    const fitted = withParameters(model, learner.read().parameters)
    return { model: fitted, history, settings, resumedAt: start.step }
  } finally {
    learner.dispose()
  }
}

async function learnerOf(engine: Engine, model: Model): Promise<Learner> {
  if (engine.learner !== undefined) return engine.learner(model)
  const expected = 'an engine with parameter gradients'
  throw new AgonError('AGON_NO_ENGINE', { what: `engine '${engine.name}'`, expected, found: 'none' })
}

const fresh: Position = { step: 0, sums: { loss: 0, correct: 0, examples: 0 }, history: [] }

async function resume(learner: Learner, fingerprint: string, { checkpoint }: FitRun): Promise<Position> {
  const bytes = await checkpoint?.read()
  if (bytes === undefined) return fresh
  const { position, state } = await decodeCheckpoint(bytes, fingerprint, checkpoint?.where)
  learner.write(state)
  return position
}

interface Fit {
  readonly learner: Learner
  readonly examples: Examples
  readonly settings: FitSettings
  readonly options: FitRun
  readonly fingerprint: string
}

async function runFrom(start: Position, fit: Fit): Promise<Position> {
  const { settings, options, examples } = fit
  const { signal, checkpointEvery = 500 } = options
  const began = performance.now()
  const steps = settings.epochs * batchesOf(fit)
  let position = start
  let order: number[] | undefined
  while (!isDone(position, fit, steps)) {
    if (signal?.aborted) {
      await save(fit, position)
      signal.throwIfAborted()
    }
    const isFirst = position.step % batchesOf(fit) === 0
    if (order === undefined || isFirst) order = orderOf(settings.seed, epochOf(position, fit), countOf(examples))
    position = await advance(position, order, fit)
    const speed = (position.step - start.step) / (performance.now() - began)
    options.onProgress?.(progressOf(position, fit, (steps - position.step) / speed / 1000))
    if (position.step % checkpointEvery === 0) await save(fit, position)
  }
  return position
}

/** The order of the examples in an epoch (from 0): of the seed and the epoch alone. */
export function orderOf(seed: number, epoch: number, count: number): number[] {
  return createRandom(seed).fork('order of examples', epoch).permutation(count)
}

/** One update. */
async function advance(position: Position, order: readonly number[], fit: Fit): Promise<Position> {
  const { learner, examples, settings } = fit
  const { batch, rate, beta1, beta2, epsilon, decay, epochs } = settings
  const [step, batches] = [position.step + 1, batchesOf(fit)]
  const at = (position.step % batches) * batch
  const { input, labels } = batchOf(examples, order.slice(at, at + batch))
  const { loss, correct } = await learner.pass(input, labels)
  if (!Number.isFinite(loss)) throw diverged(loss, step, rate)
  const now = rateAt(settings, step, epochs * batches)
  await learner.update({ step, rate: now, beta1, beta2, epsilon, decay })
  const before = position.step % batches === 0 ? fresh.sums : position.sums
  const sums = {
    loss: before.loss + loss * labels.length,
    correct: before.correct + correct,
    examples: before.examples + labels.length
  }
  const isLast = step % batches === 0
  return { step, sums, history: isLast ? [...position.history, figuresOf(sums)] : position.history }
}

function isDone({ step, history }: Position, fit: Fit, steps: number): boolean {
  const ended = step > 0 && step % batchesOf(fit) === 0
  return step >= steps || (ended && history.at(-1)!.accuracy > fit.settings.until)
}

function progressOf(position: Position, fit: Fit, secondsLeft: number): FitProgress {
  const batches = batchesOf(fit)
  const batch = ((position.step - 1) % batches) + 1
  const epoch = Math.ceil(position.step / batches)
  return { epoch, epochs: fit.settings.epochs, batch, batches, ...figuresOf(position.sums), secondsLeft }
}

function figuresOf({ loss, correct, examples }: Position['sums']): EpochFigures {
  return { loss: loss / examples, accuracy: correct / examples }
}

function epochOf({ step }: Position, fit: Fit): number {
  return Math.floor(step / batchesOf(fit))
}

function batchesOf({ examples, settings }: Fit): number {
  return Math.ceil(countOf(examples) / settings.batch)
}

async function save({ learner, fingerprint, options }: Fit, position: Position): Promise<void> {
  await options.checkpoint?.write(await encodeCheckpoint(fingerprint, position, learner.read()))
}

function diverged(loss: number, step: number, rate: number): AgonError {
  const remedy = `Fit at a lower rate than ${rate}.`
  const found = `${loss} at update ${step}`
  return new AgonError('AGON_NOT_FINITE', { what: 'loss of the fit', expected: 'a finite number', found, remedy })
}
