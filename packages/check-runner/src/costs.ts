import type { Facts } from './facts.js'
import { keyOf, type Line, type Piece } from './lines.js'

/**
 * What pieces of work cost, seconds, as measured: of a piece like it if one has been timed, else put together from what its parts cost. So there is a figure
 * for everything once every method has made a map and every metric a score.
 */
export interface Costs {
  /** A piece of this kind took so long. The first of a kind, at which a process is not warm yet, counts until there is another. */
  took(kind: CostKind, seconds: number): void
  /** Expected seconds of one piece. */
  of(kind: CostKind): number
  /** Whether a piece of this kind has been timed. */
  knows(kind: CostKind): boolean
}

/** What has a cost of its own. */
export type CostKind =
  | { readonly kind: 'input' | 'turf' | 'load' }
  | { readonly kind: 'map'; readonly method: string }
  /** The figures of one pair of maps. */
  | { readonly kind: 'compare'; readonly method: string }
  /** How many times as long as a map of the method itself one takes in a trial of a check: above 1 where trials average maps. */
  | { readonly kind: 'repeats'; readonly check: string }
  /** A score without the maps that its metric asked for, and how many these were. */
  | { readonly kind: 'own' | 'maps'; readonly metric: string }
  | { readonly kind: 'score'; readonly metric: string; readonly method: string }
  | { readonly kind: 'cell'; readonly check: string; readonly method: string }

export function createCosts(): Costs {
  const sums = new Map<string, { sum: number; count: number }>()
  const warm = new Set<string>()
  const mean = (kind: CostKind): number | undefined => {
    const found = sums.get(JSON.stringify(kind))
    return found && found.sum / found.count
  }
  const sure = (kind: CostKind): number => mean(kind) ?? composed(kind)
  const composed = (kind: CostKind): number => {
    if (kind.kind === 'cell') {
      const { check, method } = kind
      const repeats = mean({ kind: 'repeats', check }) ?? 1
      return repeats * sure({ kind: 'map', method }) + sure({ kind: 'compare', method })
    }
    if (kind.kind !== 'score') return 0
    const { metric, method } = kind
    return sure({ kind: 'own', metric }) + sure({ kind: 'maps', metric }) * sure({ kind: 'map', method })
  }
  return {
    took(kind, seconds) {
      const key = JSON.stringify(kind)
      const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 }
      const isSecond = count === 1 && !warm.has(key)
      if (isSecond) warm.add(key)
      sums.set(key, isSecond ? { sum: seconds, count: 1 } : { sum: sum + seconds, count: count + 1 })
    },
    of: sure,
    knows: (kind) => sums.has(JSON.stringify(kind))
  }
}

/** The kind of cost of a piece of work. */
export function costKind(piece: Piece): CostKind {
  if (piece.kind === 'map') return { kind: 'map', method: piece.method }
  if (piece.kind === 'score') return { kind: 'score', metric: piece.metric, method: piece.method }
  if (piece.kind === 'cell') return { kind: 'cell', check: piece.check, method: piece.method }
  return { kind: piece.kind }
}

/** Takes over what the lines of earlier sittings took. */
export function learnFrom(costs: Costs, lines: readonly Line[]): void {
  for (const line of lines) {
    if (line.kind !== 'failure' && line.kind !== 'input') costs.took(costKind(line), line.seconds)
  }
}

/** Work that is left, by kind of cost, so that its time can be told at any moment. */
export interface Backlog {
  readonly pieces: number
  seconds(): number
  done(piece: Piece): void
  /** The model of one more trial has been loaded. */
  loaded(): void
}

/** What is left of these pieces and sessions. */
export function createBacklog(costs: Costs, pieces: readonly Piece[], loads: number): Backlog {
  const counts = new Map<string, { kind: CostKind; count: number }>()
  const waiting = new Set(pieces.map(keyOf))
  let sessions = loads
  const change = (kind: CostKind, by: number): void => {
    const key = JSON.stringify(kind)
    counts.set(key, { kind, count: (counts.get(key)?.count ?? 0) + by })
  }
  for (const piece of pieces) change(costKind(piece), 1)
  return {
    get pieces() {
      return waiting.size
    },
    seconds: () =>
      [...counts.values()].reduce((sum, { kind, count }) => sum + count * costs.of(kind), 0) +
      sessions * costs.of({ kind: 'load' }),
    done(piece) {
      if (waiting.delete(keyOf(piece))) change(costKind(piece), -1)
    },
    loaded: () => void (sessions = Math.max(0, sessions - 1))
  }
}

/** What a run goes through, in numbers. */
export interface Extent {
  readonly inputs: number
  readonly methods: number
  readonly controls: number
  readonly maps: number
  readonly scores: number
  readonly cells: number
  readonly trials: number
}

export function extentOf(
  facts: Facts,
  plan: {
    readonly maps: readonly unknown[]
    readonly scores: readonly unknown[]
    readonly cells: readonly unknown[]
    readonly trials: number
  }
): Extent {
  const controls = facts.methods.filter(({ role }) => role === 'control').length
  return {
    inputs: facts.inputs.length,
    methods: facts.methods.length - controls,
    controls,
    maps: plan.maps.length,
    scores: plan.scores.length,
    cells: plan.cells.length,
    trials: plan.trials
  }
}
