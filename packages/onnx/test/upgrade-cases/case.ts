import type { Made } from '../build.js'

/** A file of an older opset, and how its upgrade is checked. */
export interface Case extends Made {
  /** Shape of the input that is run. */
  readonly at?: readonly number[]
  /** Operators of the model that is read. */
  readonly ops?: readonly string[]
}

export type Cases = Readonly<Record<string, Case>>

export const picture = { x: ['N', 2, 4, 4] } as const
export const y = ['y']
