import type { ValueName } from '@agon/core'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { dualInput, middle, scalar, refusal, times, varying, type Dual } from './dual.js'

/**
 * Operators of two values that are linear in each, v w: as each value rises, the other stands in the middle,
 *
 *     v w - v_b w_b = (v - v_b) (w + w_b) / 2 + (w - w_b) (v + v_b) / 2
 *
 * exactly, the Shapley values of two players. Linear as they are where one of the two is constant.
 */
const bilinear: Rewriting = (site) => {
  const [first, second] = [varying(site).includes(0), varying(site).includes(1)]
  if (!(first && second)) return site.copy()
  const rest = site.node.inputs.slice(2)
  const [v, w] = [dualInput(site, 0), dualInput(site, 1)]
  const risingFirst = site.copy([v.x, middle(site, w), ...rest])[0]!
  const risingSecond = site.copy([middle(site, v), w.x])[0]!
  return [site.add('Through', [site.copy()[0]!, site.add('Add', [risingFirst, risingSecond])])]
}

/** v / w = v r with r = 1 / w, r - r_b = -(w - w_b) / (w w_b). */
const quotient: Rewriting = (site) => {
  if (!varying(site).includes(1)) return site.copy()
  const { add } = site
  const [v, w] = [dualInput(site, 0), dualInput(site, 1)]
  const r = { x: add('Reciprocal', [w.x]), b: add('Reciprocal', [w.b]) }
  const slope = add('Neg', [add('Mul', [middle(site, v), add('Mul', [r.x, r.b])])])
  const path = add('Add', [times(site, v.x, middle(site, r)), times(site, w.x, slope)])
  return [add('Through', [site.copy()[0]!, path])]
}

const reciprocal: Rewriting = (site) => {
  const [y, b] = [site.copy()[0]!, site.baselineOutput()]
  const slope = site.add('Neg', [site.add('Mul', [y, b])])
  return [site.add('Through', [y, times(site, site.node.inputs[0]!, slope)])]
}

/** sqrt(x) - sqrt(b) = (x - b) / (sqrt(x) + sqrt(b)) */
const root: Rewriting = (site) => {
  const y = site.copy()[0]!
  const slope = site.add('Reciprocal', [site.add('Add', [y, site.baselineOutput()])])
  return [site.add('Through', [y, times(site, site.node.inputs[0]!, slope)])]
}

/** Where(c, v, w) = c v + (1 - c) w: where c differs between the passes, each counts half. */
const choice: Rewriting = (site) => {
  const { add } = site
  if (!varying(site).includes(0)) return site.copy()
  if (site.isBelow(0)) throw refusal(site, 'a condition that does not depend on the data', 'one that does')
  const [one, zero] = [scalar(site, 1), scalar(site, 0)]
  const share = (condition: ValueName): ValueName => add('Where', [condition, one, zero])
  const { x, b } = dualInput(site, 0)
  const taken = middle(site, { x: share(x), b: share(b) })
  const [, v, w] = site.node.inputs as [string, string, string]
  const path = add('Add', [times(site, v, taken), times(site, w, add('Sub', [one, taken]))])
  return [add('Through', [site.copy()[0]!, path])]
}

/** Products, quotients, and functions whose chord has a formula of its own. */
export const products: Readonly<Record<string, Rewriting>> = {
  Mul: bilinear,
  MatMul: bilinear,
  Gemm: bilinear,
  Conv: bilinear,
  ConvTranspose: bilinear,
  Div: quotient,
  Reciprocal: reciprocal,
  Sqrt: root,
  Where: choice
}

/** The product of two values of both passes, and what carries its cotangents. */
export function product(site: Site, v: Dual, w: Dual): Dual {
  const { add } = site
  const path = add('Add', [add('Mul', [v.x, middle(site, w)]), add('Mul', [middle(site, v), w.x])])
  return { x: add('Through', [add('Mul', [v.x, w.x]), path]), b: add('Mul', [v.b, w.b]) }
}

/** 1 / sqrt(v), whose chord has the slope -r r_b / (sqrt(v) + sqrt(v_b)). */
export function inverseRoot(site: Site, v: Dual): Dual {
  const { add } = site
  const roots = { x: add('Sqrt', [v.x]), b: add('Sqrt', [v.b]) }
  const r = { x: add('Reciprocal', [roots.x]), b: add('Reciprocal', [roots.b]) }
  const slope = add('Neg', [add('Div', [add('Mul', [r.x, r.b]), add('Add', [roots.x, roots.b])])])
  return { x: add('Through', [r.x, times(site, v.x, slope)]), b: r.b }
}
