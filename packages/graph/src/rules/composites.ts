import { AgonError, assertChoice, knownNames, type Node, type Rule, type RuleOption } from '@agon/core'
import type { StaticModel } from '../static-model.js'
import { ruleDefinitions } from './registry.js'
import { namedRule, type RuleOptions } from './rule.js'

/** Gives every node of a model a rule. */
export interface Composite {
  readonly name: string
  readonly defaults: Readonly<Record<string, RuleOption>>
  /** The rule of a node; `isFirst`: it is a layer with weights, and none lies between it and the input. */
  rule(node: Node, isFirst: boolean, options: RuleOptions): Rule
}

const convolutions = ['Conv', 'ConvTranspose']
const layers = [...convolutions, 'Gemm', 'MatMul']

type OfConvolution = (options: RuleOptions) => Rule

/** Epsilon everywhere but in convolutions, and, where asked for, flat in the first layers. */
function composite(
  name: string,
  defaults: Composite['defaults'],
  ofConvolution: OfConvolution,
  flatFirst: boolean
): Composite {
  return {
    name,
    defaults: { ...defaults, flat: flatFirst },
    rule(node, isFirst, options) {
      if (isFirst && options['flat'] === true) return 'flat'
      if (convolutions.includes(node.op)) return ofConvolution(options)
      return { rule: 'epsilon', epsilon: options['epsilon']!, bias: options['bias']! }
    }
  }
}

const plus: OfConvolution = ({ bias }) => ({ rule: 'z-plus', bias: bias! })
const alphaBeta = (alpha: number): OfConvolution => {
  return ({ bias }) => ({ rule: 'alpha-beta', alpha, beta: alpha - 1, bias: bias! })
}
const small = { epsilon: 1e-6, bias: 'absorb' }
const large = { epsilon: 0.1, bias: 'absorb' }

/** Composites by name. They go for a model whose batch normalisations are folded into its layers; `surrogate` folds them. */
export const composites: ReadonlyMap<string, Composite> = new Map(
  [
    composite('epsilon-plus', small, plus, false),
    composite('epsilon-plus-flat', small, plus, true),
    composite('epsilon-alpha2-beta1', small, alphaBeta(2), false),
    composite('epsilon-alpha2-beta1-flat', small, alphaBeta(2), true),
    composite('preset-a', large, alphaBeta(1), false),
    composite('preset-b', large, alphaBeta(2), false)
  ].map((one) => [one.name, one])
)

/**
 * The rule of every node of a model by a composite, or by a rule that all of them have. Throws AGON_NO_RULE for a name that is neither, AGON_BAD_OPTION for
 * an option that it does not have.
 */
export function compositeRules(model: StaticModel, rule: Rule): ReadonlyMap<string, Rule> {
  const { name, options } = namedRule(rule)
  const found = composites.get(name)
  if (found === undefined && !ruleDefinitions.has(name)) {
    const known = [...composites.keys(), ...ruleDefinitions.keys()]
    throw new AgonError('AGON_NO_RULE', { what: 'composite of backward rules', ...knownNames(String(name), known) })
  }
  if (found === undefined) return new Map(model.nodes.map((node) => [node.name, rule]))
  for (const option of Object.keys(options)) {
    assertChoice(`option of composite '${name}'`, option, Object.keys(found.defaults))
  }
  const all = { ...found.defaults, ...options }
  const first = firstLayers(model)
  return new Map(model.nodes.map((node) => [node.name, found.rule(node, first.has(node.name), all)]))
}

/** Layers with constant weights, none of which lies between them and the input. */
function firstLayers(model: StaticModel): ReadonlySet<string> {
  const before = new Set([model.inputs[0]!.name])
  const first = new Set<string>()
  for (const node of model.nodes) {
    if (!node.inputs.some((name) => before.has(name))) continue
    const isLayer = layers.includes(node.op) && node.inputs.some((name) => model.constants.has(name))
    if (isLayer) first.add(node.name)
    else node.outputs.forEach((name) => before.add(name))
  }
  return first
}
