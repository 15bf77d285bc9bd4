import type { Rule, RuleOption } from '@agon/core'
import type { Site } from './site.js'

/** The values of a rule's options, given or by default. */
export type RuleOptions = Readonly<Record<string, RuleOption | undefined>>

/** Puts something in the place of a node: gives the values that stand for its outputs, in order. */
export type Rewriting = (site: Site, options: RuleOptions) => readonly string[]

/** A backward rule: how it rewrites the operators that it knows. */
export interface RuleDefinition {
  readonly name: string
  /** Every option that the rule has, with its default. */
  readonly defaults: RuleOptions
  /** Throws AGON_BAD_OPTION for values that make no sense. */
  readonly check?: (options: RuleOptions) => void
  /** By operator. Nodes of others are refused. */
  readonly rewritings: Readonly<Record<string, Rewriting>>
  /** What would do where an operator is refused. */
  readonly remedy?: string
  /** Layers whose bias may be a sum behind them. */
  readonly pairsBias?: readonly string[]
  /** Operators that nothing goes back through. */
  readonly detaches?: readonly string[]
  /** The rule compares the forward pass with that of a baseline. */
  readonly compares?: true
}

/** A rule as it is asked for: its name and what it is given. */
export interface NamedRule {
  readonly name: string
  readonly options: Readonly<Record<string, RuleOption>>
}

/** Takes a rule apart. */
export function namedRule(rule: Rule): NamedRule {
  if (typeof rule === 'string') return { name: rule, options: {} }
  const { rule: name, ...options } = rule
  return { name, options }
}
