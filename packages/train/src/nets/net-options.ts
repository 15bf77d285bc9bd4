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
  /** What a net takes off its pictures, and divides them by then: mean and standard deviation of the pictures that it is fitted to. Default 0 and 1: nothing. */
  readonly mean: number
  readonly deviation: number
}

export const netDefaults: NetOptions = { seed: 0, labels: 10, initialiser: 'he', side: 28, mean: 0, deviation: 1 }

/** Throws AGON_BAD_OPTION. */
export function assertInitialiser(name: string): asserts name is Initialiser {
  assertChoice('initialiser', name, initialisers)
}
