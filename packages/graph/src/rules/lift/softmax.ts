import type { ValueName } from '@agon/core'
import { numberAttribute } from '../../node-attributes.js'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { middle, rise, scalar, times, type Dual } from './dual.js'

/** Distance of logarithms below which the mean is taken by its series. */
const series = 0.1

/**
 * s = softmax(x), s_b = softmax(b). With the logarithmic means L_i = (s_i - s_bi) / (log s_i - log s_bi) and their shares w_i = L_i / sum L,
 *
 *     log s_i - log s_bi = (x_i - b_i) - sum over j of w_j (x_j - b_j)
 *     s_i - s_bi = L_i (log s_i - log s_bi)
 *
 * exactly, for the differences s - s_b sum to 0. Adding a number to all x changes nothing, as it must; near the baseline this is the derivative.
 */
const softmax: Rewriting = (site) => {
  const { centred, means } = parts(site)
  return [site.add('Through', [site.copy()[0]!, times(site, centred, means)])]
}

const logSoftmax: Rewriting = (site) => [site.add('Through', [site.copy()[0]!, parts(site).centred])]

/** What carries cotangents of the logarithms to x, and the logarithmic means. */
function parts(site: Site): { readonly centred: ValueName; readonly means: ValueName } {
  const { add, node } = site
  const [x, b] = [node.inputs[0]!, site.baselineInput(0)]
  const axis = numberAttribute(node, 'axis')
  const of = (op: string): Dual => ({ x: add(op, [x], { axis }), b: add(op, [b], { axis }) })
  const means = logarithmicMeans(site, of('Softmax'), of('LogSoftmax'))
  const sum = (value: ValueName): ValueName => add('ReduceSum', [value, site.integers([1], [axis])], { keepdims: 1 })
  const shares = add('Div', [means, sum(means)])
  return { centred: add('Sub', [x, sum(times(site, x, shares))]), means }
}

/** (s - s_b) / (log s - log s_b); close to each other, with g = log s - log s_b, the mean of the two times 1 - g^2 / 12. */
function logarithmicMeans(site: Site, s: Dual, logs: Dual): ValueName {
  const { add } = site
  const [g, one] = [rise(site, logs), scalar(site, 1)]
  const isFar = add('Greater', [add('Abs', [g]), scalar(site, series)])
  const quotient = add('Div', [rise(site, s), add('Where', [isFar, g, one])])
  const square = add('Mul', [add('Mul', [g, g]), scalar(site, 1 / 12)])
  return add('Detach', [add('Where', [isFar, quotient, add('Mul', [middle(site, s), add('Sub', [one, square])])])])
}

export const softmaxes: Readonly<Record<string, Rewriting>> = { Softmax: softmax, LogSoftmax: logSoftmax }
