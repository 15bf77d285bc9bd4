import { hasTurf } from './base-maps.js'
import { createBacklog, extentOf } from './costs.js'
import { keyOf, type Piece } from './lines.js'
import { createMapStore } from './map-store.js'
import { piecesOf, planOf } from './plan.js'
import { TimeUp, type Sitting } from './sitting.js'
import { isBlocked, isOpen } from './unit.js'

type Begun = Pick<Sitting, 'matrix' | 'options' | 'journal' | 'costs' | 'session' | 'batches'>

/** Counts what is left of a run, says so, and starts the clock. */
export function startSitting(begun: Begun): Sitting {
  const { matrix, options, journal, costs } = begun
  const { facts } = journal
  const plan = planOf(facts)
  const shapes = new Map(matrix.inputs.map(({ name, input }) => [name, input]))
  const pieces = piecesOf(plan).filter((piece) => piece.kind !== 'turf' || hasTurf(shapes.get(piece.input)!))
  const open = pieces.filter((piece) => isOpen(begun, piece))
  const backlog = createBacklog(costs, open, trialsAmong(open))
  const finished = (): number => pieces.length - backlog.pieces
  const extent = extentOf(facts, plan)
  const clock = startClock(options)
  options.onEvent?.({ kind: 'plan', facts, extent, finished: finished(), total: pieces.length })
  return {
    ...begun,
    facts,
    plan,
    backlog,
    maps: createMapStore(options.folder, journal),
    pause: clock.pause,
    finished(piece) {
      clock.count()
      backlog.done(piece)
      if (journal.get(piece)?.kind === 'failure')
        for (const each of open) if (isBlocked(begun, each)) backlog.done(each)
      const what = wordsFor(piece)
      const secondsLeft = backlog.seconds()
      options.onEvent?.({ kind: 'progress', finished: finished(), total: pieces.length, secondsLeft, what })
    }
  }
}

/** Trials that some of these pieces are cells of. */
function trialsAmong(pieces: readonly Piece[]): number {
  const trials = pieces.flatMap((piece) => (piece.kind === 'cell' ? keyOf({ ...piece, method: '', input: '' }) : []))
  return new Set(trials).size
}

/** `pause` throws an abort, or TimeUp once the budget is spent and something has been finished: so every sitting gets on. */
function startClock({ signal, time }: Begun['options']) {
  const start = performance.now()
  let finished = 0
  return {
    count: () => void finished++,
    pause(): void {
      signal?.throwIfAborted()
      if (time !== undefined && finished > 0 && performance.now() - start >= time * 1000) throw new TimeUp()
    }
  }
}

function wordsFor(piece: Piece): string {
  const { kind, input } = piece
  if (kind === 'cell') return `${piece.check} step ${piece.step} draw ${piece.draw}, ${piece.method}, ${input}`
  if (kind === 'score') return `${piece.metric}, ${piece.method}, ${input}`
  return kind === 'map' ? `${piece.method}, ${input}` : `${kind}, ${input}`
}
