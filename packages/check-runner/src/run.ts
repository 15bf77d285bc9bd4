import { resolveTarget, type Session, type Target } from '@agon/core'
import type { Report } from '@agon/report'
import { assemble } from './assemble.js'
import { folders, logitsOf, recordInputs, recordMaps, recordTurfs } from './base-maps.js'
import { batchesOf, type Batch } from './batches.js'
import { createCosts, learnFrom } from './costs.js'
import { factsOf } from './facts.js'
import { removeParts } from './files.js'
import { openJournal } from './journal.js'
import { assertMatrix, type Matrix } from './matrix.js'
import { measureCosts } from './measure-costs.js'
import { recordScores } from './scores.js'
import { startSitting } from './start-sitting.js'
import { TimeUp, type KnownBatch, type RunOptions, type Sitting } from './sitting.js'
import { runTrial, trialPlaces } from './trials.js'
import { createWrappedMaps } from './wrapped-maps.js'

/** How a sitting ended. */
export interface RunOutcome {
  readonly report: Report
  /** `'time'`: its budget of time was spent; the same call goes on where it stopped. */
  readonly state: 'done' | 'time'
  /** Pieces of work that are left. */
  readonly left: number
  /** Pieces of work that failed; the report names them. */
  readonly failures: number
}

/**
 * Runs a matrix of methods, checks, metrics and inputs into a folder, or what earlier sittings left of it, and assembles the report of what is there: the
 * same, but for its date and seconds, however often the run was stopped. First the maps of the unchanged model, the turfs and the scores; then the trials, all
 * steps of all checks at draw 0, then at draw 1, ... The model of a trial is loaded once. A piece of work that fails is recorded with its error and the
 * run goes on. Throws what `openJournal` throws, AGON_BAD_FILE for files that cannot be written, AGON_UNKNOWN_NAME for a target, and an abort; what was
 * finished until then stays.
 */
export async function runChecks(matrix: Matrix, options: RunOptions): Promise<RunOutcome> {
  assertMatrix(matrix)
  const facts = factsOf(matrix, { ...options, engine: options.engine.name, date: new Date().toISOString() })
  const journal = await openJournal(options.folder, facts, options.fresh)
  const costs = createCosts()
  learnFrom(costs, journal.lines)
  let session: Session | undefined
  try {
    await removeParts(options.folder, Object.values(folders))
    const start = performance.now()
    session = await options.engine.load(matrix.model)
    costs.took({ kind: 'load' }, (performance.now() - start) / 1000)
    const batches = await knownBatches(matrix, session, options.signal)
    const sitting = startSitting({ matrix, options, journal, costs, session, batches })
    const state = await untilTimeIsUp(() => work(sitting))
    const left = sitting.backlog.pieces
    const failures = journal.lines.filter(({ kind }) => kind === 'failure').length
    return { report: assemble(journal), state, left, failures }
  } finally {
    session?.dispose()
    await journal.close()
  }
}

async function untilTimeIsUp(run: () => Promise<void>): Promise<'done' | 'time'> {
  try {
    await run()
    return 'done'
  } catch (error) {
    if (error instanceof TimeUp) return 'time'
    throw error
  }
}

async function work(sitting: Sitting): Promise<void> {
  const { matrix, batches } = sitting
  await recordInputs(sitting)
  await measureCosts(sitting)
  for (const batch of batches) for (const method of matrix.methods) await recordMaps(sitting, method, batch)
  for (const batch of batches) await recordTurfs(sitting, batch)
  for (const metric of matrix.metrics)
    for (const method of matrix.methods) for (const batch of batches) await recordScores(sitting, metric, method, batch)
  const wrapped = createWrappedMaps()
  for (const place of trialPlaces(matrix.checks)) await runTrial(sitting, place, wrapped)
}

/** Batches with their logits and the labels that are explained, which stay those of the unchanged model. */
async function knownBatches(matrix: Matrix, session: Session, signal?: AbortSignal): Promise<KnownBatch[]> {
  const known: KnownBatch[] = []
  for (const batch of batchesOf(matrix.inputs)) {
    const logits = await logitsOf(session, batch, signal)
    known.push({ ...batch, logits, targets: resolveTarget(targetOf(matrix, batch), logits, session.model.labels) })
  }
  return known
}

/** One label for all, or those of the inputs of a batch. */
function targetOf({ target, inputs }: Matrix, batch: Batch): Target {
  if (typeof target !== 'object') return target
  return batch.inputs.map(({ name }) => target[inputs.findIndex((input) => input.name === name)]!)
}
