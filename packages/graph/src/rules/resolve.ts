import { AgonError, knownNames, type BackwardRules, type Node, type Rule } from '@agon/core'
import { nodeTitle } from '../errors.js'
import { operatorNames } from '../schema/table.js'
import type { StaticModel } from '../static-model.js'
import { compositeRules } from './composites.js'
import { ruleOf } from './registry.js'
import { namedRule, type RuleDefinition, type RuleOptions } from './rule.js'

/** The rule of one node with all its options. */
export interface ResolvedRule {
  readonly definition: RuleDefinition
  readonly options: RuleOptions
}

/** The true derivative. */
export const vjp = 'vjp'

/**
 * The rules of a model's nodes, by node name; nodes with their true derivative are left out. Throws AGON_UNKNOWN_NAME for a node or operator that does
 * not exist, AGON_NO_RULE for a rule that does not exist, that the operator has none of, or that no node of the model has, AGON_BAD_OPTION for options
 * that a rule does not have.
 */
export function resolveRules(model: StaticModel, rules: BackwardRules): Map<string, ResolvedRule> {
  const { byOp = {}, byNode = {} } = rules
  assertNames(model, byOp, byNode)
  const found = new Map<string, ResolvedRule>()
  const ofComposite = rules.composite === undefined ? undefined : compositeRules(model, rules.composite)
  let named = 0
  for (const node of model.nodes) {
    const rule = own(byNode, node.name) ?? own(byOp, node.op) ?? ofComposite?.get(node.name)
    if (rule === undefined) continue
    named++
    const resolved = resolve(node, rule)
    if (resolved !== undefined) found.set(node.name, resolved)
  }
  for (const rule of [...Object.values(byOp), ...Object.values(byNode)]) definitionOf(rule, 'backward rules')
  assertApplied(model, rules, named)
  return found
}

function own(rules: Readonly<Record<string, Rule>>, name: string): Rule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}

function resolve(node: Node, rule: Rule): ResolvedRule | undefined {
  const definition = definitionOf(rule, `backward rule of ${nodeTitle(node)}`)
  if (definition === undefined) return undefined
  const { name, options } = namedRule(rule)
  if (definition.rewritings[node.op] === undefined) throw noRule(node, name, definition)
  const all = { ...definition.defaults, ...options }
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(definition.defaults, option))
  if (unknown !== undefined) {
    const what = `option '${unknown}' of rule '${name}'`
    throw new AgonError('AGON_BAD_OPTION', { what, ...knownNames(unknown, Object.keys(definition.defaults)) })
  }
  definition.check?.(all)
  return { definition, options: all }
}

/** The definition behind a rule; undefined for the true derivative. */
function definitionOf(rule: Rule, what: string): RuleDefinition | undefined {
  const { name } = namedRule(rule)
  return name === vjp ? undefined : ruleOf(name, what)
}

function noRule(node: Node, name: string, { remedy, rewritings }: RuleDefinition): AgonError {
  return new AgonError('AGON_NO_RULE', {
    what: `backward rule of ${nodeTitle(node)}`,
    expected: `a rule that ${node.op} has`,
    found: `'${name}', a rule of ${Object.keys(rewritings).join(', ')}`,
    ...(remedy && { remedy })
  })
}

function assertNames(model: StaticModel, byOp: object, byNode: object): void {
  const unknown = (names: readonly string[], known: readonly string[]): string | undefined =>
    names.find((name) => !known.includes(name))
  const op = unknown(Object.keys(byOp), operatorNames())
  if (op !== undefined) {
    throw new AgonError('AGON_UNKNOWN_NAME', { what: 'operator of backward rules', ...knownNames(op, operatorNames()) })
  }
  const nodes = model.nodes.map(({ name }) => name)
  const node = unknown(Object.keys(byNode), nodes)
  if (node === undefined) return
  const what = `node of backward rules for model '${model.name}'`
  throw new AgonError('AGON_UNKNOWN_NAME', { what, ...knownNames(node, nodes) })
}

/** Rules that change nothing would give another method's maps under a wrong name. */
function assertApplied(model: StaticModel, { byOp = {} }: BackwardRules, named: number): void {
  const ops = Object.keys(byOp)
  if (named > 0 || ops.length === 0) return
  throw new AgonError('AGON_NO_RULE', {
    what: `backward rules for model '${model.name}'`,
    expected: `a node with one of the operators ${ops.join(', ')}`,
    found: `none; it has ${[...new Set(model.nodes.map(({ op }) => op))].join(', ')}`,
    remedy: 'Give rules for operators that the model has.'
  })
}
