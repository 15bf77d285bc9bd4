import { AgonError, assertChoice, type ValueName } from '@agon/core'
import type { RuleOptions } from '../rule.js'
import type { Site } from '../site.js'
import { nonZero, shared } from './denominators.js'
import { all, negative, none, positive, squares, sumOf, total, type Branch, type LinearForm } from './linear-form.js'

/**
 * What goes back through a linear node y = sum of x w + b, as a value whose derivative that is; `undefined`: the true derivative. R is the relevance of
 * y, c = x w a contribution, s the sum of the contributions.
 */
export type LinearRule = (site: Site, y: ValueName, form: LinearForm, options: RuleOptions) => ValueName | undefined

/** c / (y + e sign(y)) R with bias 'absorb'; c / (s + e sign(s)) R with 'ignore'; (c + b / n) / (y + e sign(y)) R over n inputs with 'spread'. */
export const epsilon: LinearRule = (site, y, form, { epsilon: e = 0, bias }) => {
  const s = Number(e)
  if (form.bias === undefined || bias === 'absorb') return s === 0 ? undefined : shared(site, y, y, y, s)
  if (bias === 'ignore') return shared(site, y, y, sumOf(site, form, all)!, s)
  const count = sumOf(site, form, none, onesOf(site))!
  const each = site.add('Div', [form.bias, site.add('Detach', [count])])
  const share = site.add('Mul', [count, each])
  return shared(site, site.add('Add', [y, share]), y, y, s)
}

/** c = x (w + g max(w, 0)); c / (sum of c + b + g max(b, 0)) R. */
export const gamma: LinearRule = (site, y, form, { gamma: g, bias, stabiliser }) => {
  const part = { key: 'gamma', of: (w: number) => w + Number(g) * Math.max(w, 0) }
  const s = sumOf(site, form, part)
  if (s === undefined) return undefined
  const own = form.bias
  const shift = own && site.add('Add', [own, site.add('Mul', [site.add('Relu', [own]), site.floats([], [Number(g)])])])
  return withBias(site, y, s, shift, form, bias, Number(stabiliser))
}

/** (a c+ / sum of c+ - b c- / sum of c-) R, c+ and c- the positive and negative contributions. */
export const alphaBeta: LinearRule = (site, y, form, { alpha, beta, bias, stabiliser }) => {
  const own = form.bias
  const plus = own && site.add('Relu', [own])
  const minus = own && site.add('Sub', [own, plus!])
  const parts = [
    { factor: Number(alpha), sum: contributions(site, form, true), shift: plus },
    { factor: -Number(beta), sum: contributions(site, form, false), shift: minus }
  ]
  const terms = parts.map(({ factor, sum, shift }) => {
    if (factor === 0 || sum === undefined) return undefined
    const term = withBias(site, y, sum, shift, form, bias, Number(stabiliser))
    return factor === 1 ? term : site.add('Mul', [term, site.floats([], [factor])])
  })
  return total(site, terms) ?? nothing(site, y)
}

/** w^2 / (sum of w^2) R, for x of any value. */
export const wSquare: LinearRule = (site, y, form) => evenly(site, y, form, squares)

/** R / n over the n inputs of y. */
export const flat: LinearRule = (site, y, form) => evenly(site, y, form, none)

/** (x w - l max(w, 0) - h min(w, 0)) / (their sum) R, for x between l and h, numbers or one per channel. */
export const zBox: LinearRule = (site, y, form, { low, high, stabiliser }) => {
  const bound = (value: unknown, branch: Branch): ValueName => boundOf(site, branch, value)
  const at = (value: unknown) => (branch: Branch) => site.add('Mul', [site.ones(branch.input), bound(value, branch)])
  const lows = sumOf(site, form, positive, at(low))
  const highs = sumOf(site, form, negative, at(high))
  const taken = total(site, [lows, highs])
  const s = sumOf(site, form, all)
  if (s === undefined) return undefined
  const z = taken === undefined ? s : site.add('Sub', [s, taken])
  return shared(site, z, y, z, Number(stabiliser))
}

/** The sum of the positive, or the negative, contributions: x+ w+ + x- w-, or x+ w- + x- w+. */
function contributions(site: Site, form: LinearForm, wantsPositive: boolean): ValueName | undefined {
  const above = (branch: Branch): ValueName => site.add('Relu', [branch.x])
  const below = (branch: Branch): ValueName => site.add('Sub', [branch.x, above(branch)])
  const [first, second] = wantsPositive ? [positive, negative] : [negative, positive]
  return total(
    site,
    form.branches.flatMap((branch) => {
      if (site.isNonNegative(branch.input)) return [branch.apply(first, branch.x)]
      return [branch.apply(first, above(branch)), branch.apply(second, below(branch))]
    })
  )
}

/** The contributions s, with the share of a bias as the policy says. */
function withBias(
  site: Site,
  y: ValueName,
  s: ValueName,
  shift: ValueName | undefined,
  form: LinearForm,
  policy: unknown,
  stabiliser: number
): ValueName {
  if (shift === undefined || policy === 'ignore') return shared(site, s, y, s, stabiliser)
  const z = site.add('Add', [s, shift])
  if (policy === 'absorb') return shared(site, z, y, z, stabiliser)
  const count = sumOf(site, form, none, onesOf(site))!
  const share = site.add('Mul', [count, site.add('Div', [shift, site.add('Detach', [count])])])
  return shared(site, site.add('Add', [s, share]), y, z, stabiliser)
}

/** Relevance in the proportion of weights alone, whatever the values are. */
function evenly(site: Site, y: ValueName, form: LinearForm, part: typeof none): ValueName {
  const sum = sumOf(site, form, part, onesOf(site))
  if (sum === undefined) return nothing(site, y)
  const shares = site.add('Div', [sum, nonZero(site, site.add('Detach', [sum]))])
  site.carry(shares)
  return site.add('Mul', [shares, site.add('Detach', [y])])
}

/** A value through which nothing goes back. */
function nothing(site: Site, y: ValueName): ValueName {
  return site.add('Detach', [y])
}

function onesOf(site: Site): (branch: Branch) => ValueName {
  return ({ input }) => site.ones(input)
}

function boundOf(site: Site, { input }: Branch, value: unknown): ValueName {
  if (typeof value === 'number') return site.floats([], [value])
  const [list, shape] = [value as readonly number[], site.shapeOf(input)]
  if (list.length === shape[1]) return site.floats([list.length, ...shape.slice(2).map(() => 1)], list)
  throw new AgonError('AGON_BAD_OPTION', {
    what: `bounds of rule 'z-box' at node '${site.node.name}'`,
    expected: `a number, or ${shape[1]} numbers, one per channel`,
    found: `${list.length}`
  })
}

/** Throws AGON_BAD_OPTION unless the policy is one. */
export function assertBias({ bias }: RuleOptions): void {
  assertChoice("option 'bias' of a backward rule", String(bias), ['absorb', 'ignore', 'spread'])
}
