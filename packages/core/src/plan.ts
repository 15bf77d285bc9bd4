import type { ValueName } from './model.js'

/** How an engine carried out a backward pass, and what it found at this input. Counts are per label and of the last example. */
export interface Plan {
  /** In the order of the pass forward; only layers that a cotangent reached. */
  readonly layers: readonly PlanLayer[]
  /** Forward pass, and finding out which entries are alive and wanted. */
  readonly forwardSeconds: number
  /** Folding the maps of all labels into the contest. */
  readonly foldSeconds: number
}

export interface PlanLayer {
  /** The node that this is the backward pass of, and its operator. */
  readonly node: string
  readonly op: string
  readonly output: ValueName
  readonly way: Way
  /** Elements of the layer's output that carry a cotangent, and all. */
  readonly alive: number
  readonly outputs: number
  /** Elements of the layer's inputs that need a cotangent, and all. */
  readonly wanted: number
  readonly inputs: number
  /** Multiplications of alive with wanted entries, and those of a pass that skips nothing. One is two floating-point operations. */
  readonly products: number
  readonly denseProducts: number
  /** By the clock, all labels together. */
  readonly seconds: number
  /** Cotangents that were carried through: the labels, or the units of a waist. */
  readonly cotangents: number
}

/**
 * - `move`: only the table of rows changed; nothing was computed.
 * - `skip`: labels in lanes, dead and unwanted entries skipped.
 * - `waist`: the same for the units of a narrow value in place of the labels, which are combined at the end.
 * - `batch`: examples in lanes.
 * - `meet`: left out of the pass of every label: tangents of the map's elements were carried forward through it once, and met the cotangents above it.
 *   The products are those of the meeting, at the topmost of such layers; its seconds include those of carrying.
 */
export type Way = 'move' | 'skip' | 'waist' | 'batch' | 'meet'
export const ways: readonly Way[] = ['move', 'skip', 'waist', 'batch', 'meet']
