import { AgonError } from '@agon/core'
import { nodeTitle } from '../../errors.js'
import type { Rewriting, RuleDefinition, RuleOptions } from '../rule.js'
import type { Site } from '../site.js'
import { alphaBeta, assertBias, epsilon, flat, gamma, wSquare, zBox, type LinearRule } from './linear-rules.js'
import type { LinearForm } from './linear-form.js'
import { linearOperators } from './linear-operators.js'
import { otherOperators, product, quotient } from './other-operators.js'

/** A rule of LRP: its own way at linear layers, one and the same at all others. */
function lrpRule(
  name: string,
  defaults: RuleOptions,
  rule: LinearRule,
  check?: RuleDefinition['check'],
  ofSums: LinearRule = inProportion
): RuleDefinition {
  const wayOf = (op: string): LinearRule => (layers.includes(op) ? rule : scalings.includes(op) ? inProportion : ofSums)
  const linear: Rewriting = (site, options) => {
    const plain = linearOperators[site.node.op]!(site)
    if (plain === undefined || plain.branches.length === 0) return notLinear(site, options)
    const form = withOwnBias(site, plain)
    const y = site.value()
    const path = wayOf(site.node.op)(site, y, form, options)
    return [path === undefined ? y : site.add('Through', [y, path])]
  }
  const rewritings = {
    ...otherOperators,
    ...Object.fromEntries(Object.keys(linearOperators).map((op) => [op, linear]))
  }
  return { name, defaults, rewritings, pairsBias: layers, detaches: ['Softmax'], ...(check && { check }) }
}

/** Layers with weights of their own. */
const layers = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul']

/** Every output is one input, scaled and shifted. */
const scalings = ['Mul', 'Div', 'BatchNormalization']

/** Shares in the proportion of the contributions. */
const inProportion: LinearRule = (site, y, form, { bias = 'absorb' }) =>
  epsilon(site, y, form, { bias, epsilon: stabiliser })

/** The form with a bias that is added behind the node. */
function withOwnBias(site: Site, form: LinearForm): LinearForm {
  if (site.bias === undefined) return form
  return { ...form, bias: form.bias === undefined ? site.bias : site.add('Add', [form.bias, site.bias]) }
}

/** Products and quotients of two values that depend on the input have rules of their own; layers whose weights do are refused. */
function notLinear(site: Site, { epsilon: e = 0 }: RuleOptions): readonly string[] {
  if (site.node.op === 'Div') return quotient(site)
  if (site.node.op === 'Mul' || site.node.op === 'MatMul') return product(site, Number(e))
  throw new AgonError('AGON_NO_RULE', {
    what: `backward rule of ${nodeTitle(site.original)}`,
    expected: 'constant weights',
    found: "weights that depend on the model's input",
    remedy: "Give this node another rule: byNode with 'vjp'."
  })
}

/** Denominators of sums that have one sign keep away from 0 by this much. */
const stabiliser = 1e-9

const positiveNumber = (name: string) => (options: RuleOptions) => assertAtLeast(name, options, 0)

function assertAtLeast(name: string, options: RuleOptions, least: number): void {
  const value = options[name]
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option '${name}' of a backward rule`,
    expected: `a number of at least ${least}`,
    found: `${value}`
  })
}

function checks(...all: readonly NonNullable<RuleDefinition['check']>[]): RuleDefinition['check'] {
  return (options) => all.forEach((check) => check(options))
}

function assertDifference({ alpha, beta }: RuleOptions): void {
  if (Math.abs(Number(alpha) - Number(beta) - 1) < 1e-9) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "options of rule 'alpha-beta'",
    expected: 'alpha - beta = 1, so that relevance is conserved',
    found: `alpha ${alpha}, beta ${beta}`
  })
}

/** Throws AGON_BAD_OPTION unless both bounds are there, numbers or lists. */
function assertBounds({ low, high }: RuleOptions): void {
  const missing = Object.entries({ low, high }).find(([, value]) => typeof value !== 'number' && !Array.isArray(value))
  if (missing === undefined) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "rule 'z-box'",
    expected: 'low and high: the least and largest value of the input, a number or one per channel',
    found: `no ${missing[0]}`
  })
}

const bias = 'absorb'

const zPlus: LinearRule = (site, y, form, options) => alphaBeta(site, y, form, { ...options, alpha: 1, beta: 0 })

/** The rules of layer-wise relevance propagation. */
export const lrpRules: readonly RuleDefinition[] = [
  lrpRule('zero', { bias }, epsilon, assertBias, epsilon),
  lrpRule('epsilon', { epsilon: 1e-6, bias }, epsilon, checks(assertBias, positiveNumber('epsilon')), epsilon),
  lrpRule(
    'gamma',
    { gamma: 0.25, bias, stabiliser },
    gamma,
    checks(assertBias, positiveNumber('gamma'), positiveNumber('stabiliser'))
  ),
  lrpRule(
    'alpha-beta',
    { alpha: 2, beta: 1, bias, stabiliser },
    alphaBeta,
    checks(assertBias, positiveNumber('alpha'), positiveNumber('beta'), positiveNumber('stabiliser'), assertDifference)
  ),
  lrpRule('z-plus', { bias, stabiliser }, zPlus, checks(assertBias, positiveNumber('stabiliser')), zPlus),
  lrpRule('w-square', {}, wSquare, undefined, wSquare),
  lrpRule('flat', {}, flat, undefined, flat),
  lrpRule(
    'z-box',
    { low: undefined, high: undefined, stabiliser },
    zBox,
    checks(assertBounds, positiveNumber('stabiliser'))
  )
]
