import { defineMethod, rowsOf } from '@agon/core'
import { assertFill, fillsOf, type Fill } from './perturbation/fill.js'
import { writeEveryChannel } from './perturbation/planes.js'
import type { Probe } from './perturbation/probe.js'
import { scored } from './perturbation/scores.js'
import { assertExtents, windowsOf, type Extents, type Windows } from './perturbation/windows.js'

export interface OcclusionOptions {
  /** Side of the window in positions, or [height, width]. Default: an eighth of a picture's longer side, rounded up; 1 for anything else. */
  readonly window: Extents | undefined
  /** From window to window, at most its side. Default: half of the side, rounded up. */
  readonly stride: Extents | undefined
  /** What the window shows: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
}

/**
 * Occlusion: a window slides over the input and shows the baseline b in all channels. Every element i gets the mean fall of the logit f over the windows W that
 * cover it,
 *
 *     (1/|{W : i in W}|) sum over W with i in W of f(x) - f(x with x_W = b_W)
 *
 * `[L, N, ...input]` in units of the logit, for all labels from one forward pass per window. Windows begin at multiples of the stride, the last ones may reach over
 * the border.
 */
export const occlusion = defineMethod<OcclusionOptions>({
  name: 'occlusion',
  cite: 'Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, arXiv 1311.2901',
  defaults: { window: undefined, stride: undefined, baseline: undefined },
  multiplier: 'input-minus-baseline',
  check({ window, stride, baseline }) {
    assertExtents("option 'window' of occlusion", window)
    assertExtents("option 'stride' of occlusion", stride)
    assertFill("option 'baseline' of occlusion", baseline)
  },
  async prepare(context, { window, stride, baseline }) {
    const windows = windowsOf(context.input.shape, window, stride)
    const fills = fillsOf(context, baseline)
    return scored(
      context,
      rowsOf(context.input).map((x, n) => occlusions(x, fills[n]!, windows))
    )
  }
})

/** Copy k is the example with window k covered; sum k its score. */
function occlusions(x: Float32Array, fill: Float32Array, windows: Windows): Probe {
  const { channels, height, width } = windows.planes
  const size = height * width
  const covers = new Float64Array(size)
  for (let k = 0; k < windows.count; k++) windows.forEach(k, (at) => (covers[at] = covers[at]! + 1))
  return {
    count: windows.count,
    sums: windows.count,
    write(k, into) {
      into.set(x)
      windows.forEach(k, (at) => {
        for (let i = at; i < channels * size; i += size) into[i] = fill[i]!
      })
    },
    terms: (k, add) => add(k, 1),
    map(scores, { input }, into) {
      const sum = new Float64Array(size)
      scores.forEach((score, k) => windows.forEach(k, (at) => (sum[at] = sum[at]! + (input - score))))
      for (let at = 0; at < size; at++) sum[at] = sum[at]! / covers[at]!
      writeEveryChannel(sum, into)
    }
  }
}
