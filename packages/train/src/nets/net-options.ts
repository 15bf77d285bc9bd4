import { assertChoice } from '@agon/core'
import { initialisers, type Initialiser } from './initialise.js'

/** Of every net here. */
export interface NetOptions {
  /** Of the initial weights. Default 0. */
  readonly seed: number
  /** Default 10. */
  readonly labels: number
  /** Default `'he'`. */
  readonly initialiser: Initialiser
  /** Extent of the pictures. Default 28. */
  readonly side: number
}

export const netDefaults: NetOptions = { seed: 0, labels: 10, initialiser: 'he', side: 28 }

/** Throws AGON_BAD_OPTION. */
export function assertInitialiser(name: string): asserts name is Initialiser {
  assertChoice('initialiser', name, initialisers)
}
