import type { BaseMap, Cell, ReportInput, ScoreCell, TurfFacts } from '@agon/report'
import type { Facts } from './facts.js'

/** The first line of a journal. */
export interface HeadLine {
  readonly kind: 'run'
  readonly format: 'agon-cells-1'
  readonly facts: Facts
}

/** One finished piece of work. Exactly one line is one cell, so that a run can stop between any two of them. */
export type Line = InputLine | MapLine | TrialLine | ScoreLine | TurfLine | FailureLine

/** Seconds that a line took, of a batch its share. */
interface Timed {
  readonly seconds: number
}

/** What the unchanged model says of an input. */
export interface InputLine extends Timed, ReportInput {
  readonly kind: 'input'
}

/** The map of the unchanged model, whose numbers lie in a file beside the journal. */
export interface MapLine extends Timed, BaseMap {
  readonly kind: 'map'
  /** Path of an npy file `[1, ...]`, relative to the journal's folder. */
  readonly values: string
  /** Likewise, where the method tells the logits at its baseline: these, `[1, ...]`. */
  readonly baselineLogits?: string
}

export interface TrialLine extends Timed, Cell {
  readonly kind: 'cell'
}

export interface ScoreLine extends Timed, ScoreCell {
  readonly kind: 'score'
}

export interface TurfLine extends Timed, TurfFacts {
  readonly kind: 'turf'
}

/** In place of the line of a piece of work that failed: which one, and why. It counts as finished. */
export interface FailureLine extends Timed {
  readonly kind: 'failure'
  readonly of: Piece
  /** One line. */
  readonly error: string
}

/** Names one piece of work. */
export type Piece =
  | { readonly kind: 'input' | 'turf'; readonly input: string }
  | { readonly kind: 'map'; readonly method: string; readonly input: string }
  | { readonly kind: 'score'; readonly metric: string; readonly method: string; readonly input: string }
  | {
      readonly kind: 'cell'
      readonly check: string
      readonly method: string
      readonly input: string
      readonly step: number
      readonly draw: number
    }

/** Text that is the same for the same piece and differs for different ones; for looking up only. */
export function keyOf(piece: Piece): string {
  switch (piece.kind) {
    case 'input':
    case 'turf':
      return JSON.stringify([piece.kind, piece.input])
    case 'map':
      return JSON.stringify([piece.kind, piece.method, piece.input])
    case 'score':
      return JSON.stringify([piece.kind, piece.metric, piece.method, piece.input])
    case 'cell':
      return JSON.stringify([piece.kind, piece.check, piece.method, piece.input, piece.step, piece.draw])
  }
}

/** Which piece of work a line is of. */
export function pieceOf(line: Line): Piece {
  if (line.kind === 'failure') return line.of
  if (line.kind === 'input') return { kind: 'input', input: line.name }
  return line
}

/** A piece of work in words. */
export function nameOf(piece: Piece): string {
  switch (piece.kind) {
    case 'input':
      return `input ${piece.input}`
    case 'turf':
      return `turf of ${piece.input}`
    case 'map':
      return `map of ${piece.input} by ${piece.method}, and all that would follow from it`
    case 'score':
      return `${piece.metric} of ${piece.method} on ${piece.input}`
    case 'cell':
      return `${piece.check} step ${piece.step} draw ${piece.draw} of ${piece.method} on ${piece.input}`
  }
}
