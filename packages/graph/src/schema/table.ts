import { aliases } from './alias.js'
import { composites } from './composite.js'
import { broadcasting } from './broadcast.js'
import { constantMakers } from './constants.js'
import { elementwise } from './elementwise.js'
import { layers } from './layers.js'
import { movements } from './movement.js'
import { normalization } from './normalization.js'
import { reductions } from './reduction.js'
import { resizing } from './resize.js'
import type { Definition, OpSchema } from './schema.js'
import { smoothOperators } from './smooth.js'
import { steerings } from './steering.js'

const families = [
  layers,
  normalization,
  elementwise,
  broadcasting,
  reductions,
  movements,
  resizing,
  aliases,
  constantMakers,
  composites,
  steerings,
  smoothOperators
]

/** The single list of operators. */
const table: ReadonlyMap<string, Definition> = new Map(families.flat().map((definition) => [definition.op, definition]))

export function definitionOf(op: string): Definition | undefined {
  return table.get(op)
}

/** What is known of an operator: arity, attributes with their defaults, how it is differentiated. `undefined` if it is not known. */
export function schemaOf(op: string): OpSchema | undefined {
  return table.get(op)
}

/** Names of all known operators, sorted. Those with derivative `none` exist only to be folded away. */
export function operatorNames(): readonly string[] {
  return [...table.keys()].sort()
}

/** Whether an operator's first output is its first input: same elements, same order. A Cast that is one becomes Identity in `specialize`. */
export function isAlias(op: string): boolean {
  return table.get(op)?.alias ?? false
}
