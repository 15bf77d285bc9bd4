import type { Report } from '@agon/report'
import type { Facts } from './facts.js'
import type { Journaled } from './journal.js'
import { keyOf, nameOf, pieceOf, type FailureLine, type Line, type Piece } from './lines.js'
import { piecesOf, planOf } from './plan.js'
import { verdictsOf } from './verdicts.js'

/** The report of what a journal holds, in the order of its plan: however its lines came about, the same. */
export function assemble({ facts, lines }: Journaled): Report {
  const first = new Map<string, Line>()
  for (const line of lines) {
    const key = keyOf(pieceOf(line))
    if (!first.has(key)) first.set(key, line)
  }
  const ordered = piecesOf(planOf(facts)).flatMap((piece) => first.get(keyOf(piece)) ?? [])
  const of = <K extends Line['kind']>(kind: K) =>
    ordered.filter((line): line is Extract<Line, { kind: K }> => line.kind === kind)
  const cells = of('cell').map(bare)
  const scores = of('score').map(bare)
  const { run, model, methods, similarities, checks, metrics } = facts
  return {
    format: 'agon-report-1',
    run: { ...run, seconds: total(lines), unfinished: [...left(facts, first), ...of('failure').map(failed)] },
    model,
    inputs: of('input').map(bare),
    methods,
    similarities,
    checks,
    metrics,
    maps: of('map').map(({ method, input, picture, kept, notes }) => ({ method, input, picture, kept, notes })),
    cells,
    scores,
    verdicts: verdictsOf(facts, cells, scores),
    turfs: of('turf').map(bare)
  }
}

/** What a report holds of a line. */
function bare<L extends Line>(line: L): Omit<L, 'kind' | 'seconds'> {
  const own = Object.entries(line).filter(([name]) => name !== 'kind' && name !== 'seconds')
  return Object.fromEntries(own) as Omit<L, 'kind' | 'seconds'>
}

function total(lines: readonly Line[]): number {
  return Math.round(lines.reduce((sum, { seconds }) => sum + seconds, 0) * 1000) / 1000
}

/** What is still to be done, in sentences. */
function left(facts: Facts, done: ReadonlyMap<string, Line>): string[] {
  const isBlocked = (piece: Piece): boolean =>
    'method' in piece &&
    piece.kind !== 'map' &&
    done.get(keyOf({ kind: 'map', method: piece.method, input: piece.input }))?.kind === 'failure'
  const isOpen = (piece: Piece): boolean => !done.has(keyOf(piece)) && !isBlocked(piece)
  const { maps, scores, cells } = planOf(facts)
  const counted = (what: string, pieces: readonly Piece[]): string[] => {
    const open = pieces.filter(isOpen).length
    return open === 0 ? [] : [`${what}: ${open} of ${pieces.length} are left.`]
  }
  return [
    ...counted('Maps of the unchanged model', maps),
    ...facts.metrics.flatMap(({ name }) =>
      counted(
        `Scores by ${name}`,
        scores.filter((piece) => piece.kind === 'score' && piece.metric === name)
      )
    ),
    ...facts.checks.flatMap(({ name }) =>
      counted(
        `Trials by ${name}`,
        cells.filter(({ check }) => check === name)
      )
    )
  ]
}

function failed({ of, error }: FailureLine): string {
  const ends = /[.!?]$/.test(error) ? '' : '.'
  return `Failed, ${nameOf(of)}: ${error}${ends}`
}
