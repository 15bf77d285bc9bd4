import type { ValueName } from '@agon/core'

/** What a constant is to the node that reads it. */
export type ParameterRole = 'weight' | 'table' | 'bias' | 'scale' | 'shift' | 'slope' | 'mean' | 'variance'

/** How many terms one output adds up, and how many outputs one input goes into. */
export interface Fans {
  readonly in: number
  readonly out: number
}

/** A float32 constant that a layer has learnt. */
export interface Parameter {
  /** Key of `model.constants`. */
  readonly constant: ValueName
  /** Name of the node that reads it. */
  readonly node: string
  readonly role: ParameterRole
  /** Of weights. */
  readonly fans?: Fans
  /** Names of the other nodes that read the same constant: whoever draws it anew changes it for them, too. */
  readonly sharedWith: readonly string[]
}

/** Nodes that are drawn anew together: an affine map, and what is learnt right after it. */
export interface WeightedLayer {
  /** Name and operator of its first node. */
  readonly name: string
  readonly op: string
  /** Names of its nodes, in execution order. */
  readonly nodes: readonly string[]
  /** Whether the first function that is not linear behind it is a rectifier. */
  readonly rectified: boolean
  readonly parameters: readonly Parameter[]
}

/** Whether a BatchNormalization right behind an affine map belongs to that map's layer (default) or is a layer of its own. */
export type Norms = 'joined' | 'separate'
