import { AgonError, assertChoice, defineMethod, type BackwardPass, type RuleOption } from '@agon/core'

/** Which rule, or which composite of rules, and its options; those that are not given have the rule's defaults (docs/rules.md). */
export interface LrpOptions {
  /** A rule for every layer; default `'epsilon'` where no composite is named. */
  readonly rule: string | undefined
  /** A named composite, in place of a rule. */
  readonly composite: string | undefined
  readonly epsilon: number | undefined
  readonly gamma: number | undefined
  readonly alpha: number | undefined
  readonly beta: number | undefined
  /** Bounds of the input for `z-box`: a number, or one per channel. */
  readonly low: number | readonly number[] | undefined
  readonly high: number | readonly number[] | undefined
  /** What becomes of the share of a bias: `'absorb'`, `'ignore'` or `'spread'`. */
  readonly bias: string | undefined
  readonly stabiliser: number | undefined
  /** For composites: the first layers share evenly. */
  readonly flat: boolean | undefined
}

const defaults: LrpOptions = {
  rule: undefined,
  composite: undefined,
  epsilon: undefined,
  gamma: undefined,
  alpha: undefined,
  beta: undefined,
  low: undefined,
  high: undefined,
  bias: undefined,
  stabiliser: undefined,
  flat: undefined
}

const rules = ['zero', 'epsilon', 'gamma', 'alpha-beta', 'z-plus', 'w-square', 'flat', 'z-box']
const composites = [
  'epsilon-plus',
  'epsilon-plus-flat',
  'epsilon-alpha2-beta1',
  'epsilon-alpha2-beta1-flat',
  'preset-a',
  'preset-b'
]

/**
 * Layer-wise relevance propagation: the logit, shared out from layer to layer down to the input by local rules that keep its sum but for what biases and
 * stabilisers take. `[L, N, ...]` in units of the logit.
 */
export const lrp = defineMethod<LrpOptions>({
  name: 'lrp',
  cite: 'Bach, Binder, Montavon, Klauschen, Mueller & Samek 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by LRP, doi 10.1371/journal.pone.0130140',
  defaults,
  check: assertNames,
  pass: relevancePass
})

function assertNames({ rule, composite }: LrpOptions): void {
  if (rule !== undefined) assertChoice("option 'rule' of lrp", rule, rules)
  if (composite !== undefined) assertChoice("option 'composite' of lrp", composite, composites)
  if (rule === undefined || composite === undefined) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: 'options of lrp',
    expected: 'a rule or a composite',
    found: `rule '${rule}' and composite '${composite}'`
  })
}

function relevancePass({ rule = 'epsilon', composite, ...options }: LrpOptions): BackwardPass {
  const given = Object.entries(options).filter((entry): entry is [string, RuleOption] => entry[1] !== undefined)
  return {
    rules: { composite: { ...Object.fromEntries(given), rule: composite ?? rule }, carries: 'relevance' },
    cotangent: 'one',
    multiply: 'none'
  }
}
