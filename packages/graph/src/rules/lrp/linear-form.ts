import type { ValueName } from '@agon/core'
import type { Site } from '../site.js'

/** What becomes of every weight: the weights themselves, their positive part, their squares, ... */
export interface WeightPart {
  readonly key: string
  readonly of: (weight: number) => number
}

export const all: WeightPart = { key: 'all', of: (w) => w }
export const positive: WeightPart = { key: 'positive', of: (w) => Math.max(w, 0) }
export const negative: WeightPart = { key: 'negative', of: (w) => Math.min(w, 0) }
export const squares: WeightPart = { key: 'squares', of: (w) => w * w }
export const none: WeightPart = { key: 'none', of: () => 1 }

/** One input x of a linear operator, and the operator on it without its bias. */
export interface Branch {
  readonly x: ValueName
  /** Which input of the node it is. */
  readonly input: number
  /** The operator with other weights on a value shaped like x; undefined where all those weights are 0. */
  apply(part: WeightPart, x: ValueName): ValueName | undefined
}

/** A node that is linear in its inputs that depend on the model's: y = sum over branches of W x, plus a bias. */
export interface LinearForm {
  readonly branches: readonly Branch[]
  /** A constant that broadcasts to the output. */
  readonly bias?: ValueName
}

/** The sum over the branches of W_part x, where x is what `read` makes of a branch's input. Undefined where nothing is left. */
export function sumOf(
  site: Site,
  { branches }: LinearForm,
  part: WeightPart,
  read: (branch: Branch) => ValueName = ({ x }) => x
): ValueName | undefined {
  return total(
    site,
    branches.map((branch) => branch.apply(part, read(branch)))
  )
}

/** Adds up what is there. */
export function total(site: Site, values: readonly (ValueName | undefined)[]): ValueName | undefined {
  const present = values.filter((value) => value !== undefined)
  return present.length < 2 ? present[0] : present.reduce((sum, value) => site.add('Add', [sum, value]))
}
