/**
 * Perturbed copies of one example, and what becomes of their scores. The scores of a copy are the logits of all labels, from one forward pass. Of every label a
 * few sums over the copies are kept, with weights that are the same for all labels, so that what K labels cost beyond one is arithmetic.
 */
export interface Probe {
  /** How many copies, each a forward pass. */
  readonly count: number
  /** How many sums are kept of every label. */
  readonly sums: number
  /** Writes copy k, an example of the input. */
  write(k: number, into: Float32Array): void
  /** Tells which multiples of the scores of copy k go to which sums. Copies come in ascending order. */
  terms(k: number, add: (sum: number, weight: number) => void): void
  /** Writes the map of one label, shaped like an example, from its sums. */
  map(sums: Float64Array, ends: Ends, into: Float32Array): void
}

/** A label's logits where nothing and where everything is perturbed; the latter is NaN for methods that do not ask for it. */
export interface Ends {
  readonly input: number
  readonly baseline: number
}
