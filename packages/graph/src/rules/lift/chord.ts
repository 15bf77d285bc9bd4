import type { ValueName } from '@agon/core'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { dualInput, middle, refusal, rise, scalar, times, varying, type Dual } from './dual.js'

/** How near x and b must be for the derivative between them to take the place of the slope: |x - b| <= absolute + relative |x|. */
export interface Nearness {
  readonly absolute: number
  readonly relative: number
}

/** The derivative in the middle is off by the square of the distance only. */
const smooth: Nearness = { absolute: 1e-3, relative: 1e-6 }
/** A kink between x and b is looked away from. */
const kinked: Nearness = { absolute: 1e-6, relative: 1e-6 }
/** Smooth curves without a scale of their own, steep at 0. */
export const scaleFree: Nearness = { absolute: 0, relative: 1e-3 }

/** Functions of one value, element by element. */
export const curves: Readonly<Record<string, Nearness>> = {
  ...each(smooth, ['Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'Gelu', 'Erf', 'Mish', 'Exp', 'Sin', 'Cos']),
  ...each(kinked, ['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Clip', 'Softclip']),
  ...each(kinked, ['HardSigmoid', 'HardSwish', 'Abs', 'Sign', 'Floor', 'Ceil', 'Round']),
  ...each(scaleFree, ['Log', 'Pow'])
}

/** y = Through(f(x), x (f(x) - f(b)) / (x - b)): the cotangent times the slope of the chord from b to x. See `chord`. */
const rescale: Rewriting = (site) => {
  const at = onlyInput(site)
  const y = { x: site.copy()[0]!, b: site.baselineOutput() }
  const f = (x: ValueName): ValueName => functionAt(site, at, x)
  return [site.add('Through', [y.x, chord(site, dualInput(site, at), y, curves[site.node.op]!, f)])]
}

export const chords: Readonly<Record<string, Rewriting>> = Object.fromEntries(
  Object.keys(curves).map((op) => [op, rescale])
)

/** The one input that is not constant. Throws AGON_NO_RULE for others. */
export function onlyInput(site: Site): number {
  const [at, ...more] = varying(site)
  if (at === undefined || more.length > 0 || (at > 0 && site.node.op !== 'Pow')) {
    throw refusal(site, 'one input that depends on the data, the others constant', `inputs ${varying(site).join(', ')}`)
  }
  return at
}

/** The node as a function of input `at`. */
export function functionAt(site: Site, at: number, x: ValueName): ValueName {
  return site.copy(site.node.inputs.map((name, i) => (i === at ? x : name)))[0]!
}

/**
 * What carries the cotangent of y = f(x) to x: x (f(x) - f(b)) / (x - b), or f' in the middle of b and x where they are nearer than their rounding
 * lets the slope be known.
 */
export function chord(site: Site, v: Dual, y: Dual, near: Nearness, f: (x: ValueName) => ValueName): ValueName {
  const { add } = site
  const dx = rise(site, v)
  const isFar = farApart(site, v, dx, near)
  const slope = add('Div', [rise(site, y), add('Where', [isFar, dx, scalar(site, 1)])])
  // Where they are far the derivative goes unused, but must be finite: 0 times infinity would be none.
  const between = add('Where', [isFar, v.x, middle(site, v)])
  return add('Where', [isFar, times(site, v.x, slope), f(add('Through', [between, v.x]))])
}

/** Whether |x - b| > absolute + relative |x|. */
export function farApart(site: Site, { x }: Dual, dx: ValueName, { absolute, relative }: Nearness): ValueName {
  const { add } = site
  const limit = add('Add', [add('Mul', [add('Abs', [x]), scalar(site, relative)]), scalar(site, absolute)])
  return add('Greater', [add('Abs', [dx]), limit])
}

function each(near: Nearness, ops: readonly string[]): Readonly<Record<string, Nearness>> {
  return Object.fromEntries(ops.map((op) => [op, near]))
}
