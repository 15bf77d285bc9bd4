import type { Engine, Session, Tensor } from '@agon/core'
import type { Batch } from './batches.js'
import type { Backlog, Costs, Extent } from './costs.js'
import type { Facts } from './facts.js'
import type { Journal } from './journal.js'
import type { Piece } from './lines.js'
import type { MapStore } from './map-store.js'
import type { Matrix } from './matrix.js'
import type { RunPlan } from './plan.js'

export interface RunOptions {
  readonly engine: Engine
  /** Where the journal, its pictures and the report go. */
  readonly folder: string
  /** Of everything that results depend on. */
  readonly versions: Readonly<Record<string, string>>
  /** For the record: the command that is run, with paths as they were given. */
  readonly command?: string
  /** Seconds after which no more work is begun in this sitting. */
  readonly time?: number
  /** Byte budget of a pass, see PassOptions. */
  readonly memory?: number
  readonly signal?: AbortSignal
  /** Whether a run that was begun in the folder is thrown away. */
  readonly fresh?: boolean
  readonly onEvent?: (event: RunEvent) => void
}

/** What is told while it happens. */
export type RunEvent =
  /** Before anything is computed: what there is to do, and how much of it earlier sittings did. */
  | {
      readonly kind: 'plan'
      readonly facts: Facts
      readonly extent: Extent
      readonly finished: number
      readonly total: number
    }
  /** Once every method and metric has been timed: seconds that are left, and bytes that the process will have taken at most. */
  | { readonly kind: 'estimate'; readonly seconds: number; readonly memory: number }
  /** After each piece of work. */
  | {
      readonly kind: 'progress'
      readonly finished: number
      readonly total: number
      readonly secondsLeft: number
      readonly what: string
    }
  /** `what` names the piece of work in words. */
  | { readonly kind: 'failure'; readonly of: Piece; readonly what: string; readonly error: string }

/** A batch and what the unchanged model says of it. */
export interface KnownBatch extends Batch {
  /** `[N, ...]` */
  readonly logits: Tensor
  /** `[N]` */
  readonly targets: readonly number[]
}

/** A run between its start and its stop. */
export interface Sitting {
  readonly matrix: Matrix
  readonly options: RunOptions
  readonly facts: Facts
  readonly plan: RunPlan
  readonly journal: Journal
  readonly costs: Costs
  readonly backlog: Backlog
  /** Of the unchanged model. */
  readonly session: Session
  readonly batches: readonly KnownBatch[]
  readonly maps: MapStore
  /** Throws an abort, or TimeUp once the budget of time is spent and something has been finished. */
  pause(): void
  /** Says that a piece has been finished, and whose turn it is. */
  finished(piece: Piece): void
}

/** Thrown to stop a sitting whose time is spent. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp'
}

/** What `explain` and the like are given in every part of a run. */
export function explainOptions({ matrix, options }: Pick<Sitting, 'matrix' | 'options'>) {
  const { labels, seed } = matrix
  const { signal, memory } = options
  return { labels, seed, ...(signal && { signal }), ...(memory !== undefined && { memory }) }
}
