import { otherOperators } from './lrp/other-operators.js'
import type { RuleDefinition, Rewriting } from './rule.js'

/** Operators that cut off what is not above 0 (or outside of bounds), with a slope or a curve beside it. */
export const rectifiers: readonly string[] = [
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Celu',
  'ThresholdedRelu',
  'Clip'
]

function forRectifiers(rewriting: Rewriting): Readonly<Record<string, Rewriting>> {
  return Object.fromEntries(rectifiers.map((op) => [op, rewriting]))
}

const remedy = `It is a rule of ${rectifiers.join(', ')}.`

/** y = Rectify(f(x)): what goes back is the derivative of f times the positive part of the cotangent. */
const guided: RuleDefinition = {
  name: 'guided',
  defaults: {},
  rewritings: forRectifiers((site) => [site.add('Rectify', site.copy())]),
  remedy
}

/** y = Through(f(x), Rectify(x)): what goes back is the positive part of the cotangent, whatever x is. */
const deconvnet: RuleDefinition = {
  name: 'deconvnet',
  defaults: {},
  rewritings: forRectifiers((site) => [
    site.add('Through', [site.copy()[0]!, site.add('Rectify', [site.node.inputs[0]!])])
  ]),
  remedy
}

/** R_x = R_y at operators of one input that keep every element where it is: LRP's rule there. */
const pass: RuleDefinition = {
  name: 'pass',
  defaults: {},
  rewritings: otherOperators,
  remedy: 'Layers share relevance out among their inputs: give them a rule like epsilon.'
}

/** The rules of activations. */
export const activationRules: readonly RuleDefinition[] = [guided, deconvnet, pass]
