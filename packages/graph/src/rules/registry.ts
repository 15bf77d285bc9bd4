import { AgonError, knownNames } from '@agon/core'
import { activationRules } from './activations.js'
import { rescale } from './lift/rescale.js'
import { revealCancel } from './lift/reveal-cancel.js'
import { lrpRules } from './lrp/rules.js'
import type { RuleDefinition } from './rule.js'

const families: readonly (readonly RuleDefinition[])[] = [activationRules, lrpRules, [rescale, revealCancel]]

/** Every rule by name. */
export const ruleDefinitions: ReadonlyMap<string, RuleDefinition> = new Map(
  families.flat().map((definition) => [definition.name, definition])
)

/** The rule of a name. Throws AGON_NO_RULE with the nearest known one. */
export function ruleOf(name: string, what: string): RuleDefinition {
  const found = ruleDefinitions.get(name)
  if (found !== undefined) return found
  throw new AgonError('AGON_NO_RULE', { what, ...knownNames(String(name), [...ruleDefinitions.keys()]) })
}
