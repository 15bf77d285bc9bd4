import type { ValueName } from '@agon/core'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { farApart, type Nearness } from './chord.js'
import { rise, scalar, times, varying } from './dual.js'

/** Nearer than this a winner counts with its derivative. */
const near: Nearness = { absolute: 1e-6, relative: 1e-6 }

/**
 * A maximum y over many x. Where it rises, y > y_b, the winner i of the input carries the whole rise: x_i - b_i >= y - y_b, so its multiplier
 * (y - y_b) / (x_i - b_i) lies in 0 .. 1. Where it falls, the winner of the baseline does, in the same way. Where a winner is as near its baseline as
 * rounding, it has the derivative of the input's pass. A minimum is a maximum of negatives. The rule looks at one example alone.
 *
 * Winners send cotangents back: `node` on Through(x, x / (x - b)) gives them to the input's winners, on Through(b, x / (x - b)) to the baseline's.
 */
function extreme(highest: boolean): Rewriting {
  return (site) => {
    const { add } = site
    const inputs = site.node.inputs.map((_, i) => runners(site, i))
    const y = site.copy()[0]!
    const change = rise(site, { x: y, b: site.baselineOutput() })
    const zero = scalar(site, 0)
    const [up, down] = [add('Max', [change, zero]), add('Min', [change, zero])]
    const parts = [
      times(site, site.copy(inputs.map(({ ofInput }) => ofInput))[0]!, highest ? up : down),
      times(site, site.copy(inputs.map(({ ofBaseline }) => ofBaseline))[0]!, highest ? down : up),
      site.copy(inputs.map(({ ofNear }) => ofNear))[0]!
    ]
    return [add('Through', [y, add('Sum', parts)])]
  }
}

/** Input i with cotangents divided by x - b, the baseline's with the same, and the input's with those of near elements only. */
function runners(site: Site, input: number): Readonly<Record<'ofInput' | 'ofBaseline' | 'ofNear', ValueName>> {
  const x = site.node.inputs[input]!
  const b = site.baselineInput(input)
  if (!varying(site).includes(input)) return { ofInput: x, ofBaseline: x, ofNear: x }
  const { add } = site
  const [dx, one, zero] = [rise(site, { x, b }), scalar(site, 1), scalar(site, 0)]
  const isFar = farApart(site, { x, b }, dx, near)
  const share = add('Div', [add('Where', [isFar, one, zero]), add('Where', [isFar, dx, one])])
  const divided = times(site, x, share)
  return {
    ofInput: add('Through', [x, divided]),
    ofBaseline: add('Through', [b, divided]),
    ofNear: add('Through', [x, times(site, x, add('Where', [isFar, zero, one]))])
  }
}

/** Maxima and minima. */
export const extremes: Readonly<Record<string, Rewriting>> = {
  MaxPool: extreme(true),
  GlobalMaxPool: extreme(true),
  ReduceMax: extreme(true),
  Max: extreme(true),
  ReduceMin: extreme(false),
  Min: extreme(false)
}
