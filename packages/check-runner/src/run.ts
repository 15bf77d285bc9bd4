import { resolveTarget, type Session, type Target } from '@agon/core'
import type { Report } from '@agon/report'
import { assemble } from './assemble.js'
import { folders, hasTurf, logitsOf, recordInputs, recordMaps, recordTurfs } from './base-maps.js'
import { batchesOf, type Batch } from './batches.js'
import { createBacklog, createCosts, extentOf, learnFrom, type Costs } from './costs.js'
import { factsOf } from './facts.js'
import { removeParts } from './files.js'
import { openJournal, type Journal } from './journal.js'
import { createMapStore } from './map-store.js'
import { assertMatrix, type Matrix } from './matrix.js'
import { measureCosts } from './measure-costs.js'
import { piecesOf, planOf } from './plan.js'
import { recordScores } from './scores.js'
import { TimeUp, type KnownBatch, type RunOptions, type Sitting } from './sitting.js'
import { createWrappedMaps, runTrial, trialPlaces } from './trials.js'
import { isBlocked, isOpen } from './unit.js'

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
    const sitting = sittingOf(matrix, options, journal, costs, session, batches)
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

function sittingOf(
  matrix: Matrix,
  options: RunOptions,
  journal: Journal,
  costs: Costs,
  session: Session,
  batches: readonly KnownBatch[]
): Sitting {
  const { facts } = journal
  const plan = planOf(facts)
  const pieces = piecesOf(plan).filter((piece) => piece.kind !== 'turf' || hasTurf(inputOf(matrix, piece.input)))
  const open = pieces.filter((piece) => isOpen({ journal }, piece))
  const trials = new Set(
    open.flatMap((each) => (each.kind === 'cell' ? `${each.check} ${each.step} ${each.draw}` : []))
  )
  const backlog = createBacklog(costs, open, trials.size)
  const start = performance.now()
  let begun = 0
  options.onEvent?.({
    kind: 'plan',
    extent: extentOf(facts, plan),
    finished: pieces.length - open.length,
    total: pieces.length
  })
  return {
    matrix,
    options,
    facts,
    plan,
    journal,
    costs,
    backlog,
    session,
    batches,
    maps: createMapStore(options.folder, journal),
    pause() {
      options.signal?.throwIfAborted()
      const isUp = options.time !== undefined && performance.now() - start >= options.time * 1000
      if (isUp && begun > 0) throw new TimeUp()
      begun++
    },
    finished(piece) {
      backlog.done(piece)
      if (piece.kind === 'map') for (const each of open) if (isBlocked({ journal }, each)) backlog.done(each)
      const finished = pieces.length - backlog.pieces
      options.onEvent?.({
        kind: 'progress',
        finished,
        total: pieces.length,
        secondsLeft: backlog.seconds(),
        what: `${piece.input}${'method' in piece ? `, ${piece.method}` : ''}${'check' in piece ? `, ${piece.check}` : ''}`
      })
    }
  }
}

function inputOf({ inputs }: Matrix, name: string) {
  return inputs.find((input) => input.name === name)!.input
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
