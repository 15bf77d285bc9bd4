import { AgonError, example } from '@agon/core'
import { batchOf } from './batches.js'
import { costKind } from './costs.js'
import { nameOf, type Line, type Piece } from './lines.js'
import type { MatrixInput } from './matrix.js'
import { TimeUp, type KnownBatch, type Sitting } from './sitting.js'

/** A line but for what it took. */
export type Finding = Line extends infer Each ? (Each extends Line ? Omit<Each, 'seconds'> : never) : never

/** A piece of work for every input of a batch: a part that is done for all of them at once, and for each its line, whose files are written by then. */
export interface Unit {
  readonly batch: KnownBatch
  readonly piece: (input: MatrixInput) => Piece
  readonly run: (batch: KnownBatch) => Promise<(n: number) => Promise<Finding>>
}

/**
 * Runs what is missing of a unit and journals it. A batch that fails is run again input by input, so that one bad example does not take others with it;
 * what then fails is journaled with its error. Aborts and errors of files go up.
 */
export async function runUnit(sitting: Sitting, unit: Unit): Promise<void> {
  const wanted = unit.batch.inputs.filter((input) => isOpen(sitting, unit.piece(input)))
  if (wanted.length === 0) return
  sitting.pause()
  const batch = unit.batch.inputs.some((input) => isBlocked(sitting, unit.piece(input)))
    ? partOf(unit.batch, (input) => !isBlocked(sitting, unit.piece(input)))
    : unit.batch
  const start = performance.now()
  try {
    const lineOf = await unit.run(batch)
    const shared = (performance.now() - start) / 1000 / batch.inputs.length
    for (const input of wanted)
      await finish(sitting, unit.piece(input), shared, () => lineOf(batch.inputs.indexOf(input)))
  } catch (error) {
    if (isFatal(error)) throw error
    if (batch.inputs.length === 1) return fail(sitting, unit.piece(wanted[0]!), error, secondsSince(start))
    for (const input of wanted) await runUnit(sitting, { ...unit, batch: partOf(batch, (each) => each === input) })
  }
}

async function finish(sitting: Sitting, piece: Piece, shared: number, lineOf: () => Promise<Finding>): Promise<void> {
  const start = performance.now()
  try {
    const finding = await lineOf()
    const seconds = shared + secondsSince(start)
    sitting.costs.took(costKind(piece), seconds)
    await sitting.journal.append({ ...finding, seconds: rounded(seconds) } as Line)
    sitting.finished(piece)
  } catch (error) {
    if (isFatal(error)) throw error
    await fail(sitting, piece, error, shared + secondsSince(start))
  }
}

/** Journals that a piece of work could not be done. */
export async function fail(sitting: Sitting, piece: Piece, cause: unknown, seconds = 0): Promise<void> {
  const error = sentence(cause)
  await sitting.journal.append({ kind: 'failure', of: piece, error, seconds: rounded(seconds) })
  sitting.options.onEvent?.({ kind: 'failure', of: piece, what: nameOf(piece), error })
  sitting.finished(piece)
}

/** Whether a piece is still to be done. */
export function isOpen(sitting: Pick<Sitting, 'journal'>, piece: Piece): boolean {
  return !sitting.journal.has(piece) && !isBlocked(sitting, piece)
}

/** Whether a piece needs a map of the unchanged model that could not be made. */
export function isBlocked({ journal }: Pick<Sitting, 'journal'>, piece: Piece): boolean {
  if (piece.kind !== 'cell' && piece.kind !== 'score') return false
  return journal.get({ kind: 'map', method: piece.method, input: piece.input })?.kind === 'failure'
}

/** Errors that are no finding about a method or a model: aborts, the end of the time, files that cannot be read or written. */
export function isFatal(error: unknown): boolean {
  if (error instanceof TimeUp) return true
  if (error instanceof AgonError) return error.code === 'AGON_BAD_FILE'
  return error instanceof Error && error.name === 'AbortError'
}

/** Those examples of a batch. */
function partOf(batch: KnownBatch, wanted: (input: MatrixInput) => boolean): KnownBatch {
  const places = batch.inputs.flatMap((input, n) => (wanted(input) ? [n] : []))
  const logits = places.map((n) => example(batch.logits, n))
  const size = logits[0]!.data.length
  const data = new Float32Array(size * places.length)
  logits.forEach((row, n) => data.set(row.data, n * size))
  return {
    ...batchOf(places.map((n) => batch.inputs[n]!)),
    logits: { shape: [places.length, ...batch.logits.shape.slice(1)], data },
    targets: places.map((n) => batch.targets[n]!)
  }
}

/** The code and the one line of an error. */
function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
  return error instanceof AgonError ? `[${error.code}] ${text}` : text
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
