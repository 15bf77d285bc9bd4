import { AgonError, assertWhole, defineMetric, formatShape, rowsOf, type Random } from '@agon/core'
import { scoredPixels, type Pixels } from '../maps/pixels.js'
import { meanAndSpread } from '../maps/statistics.js'
import { readCopies, type Copies } from './copies.js'
import { assertCurve, curveDefaults, ordersOf, type CurveOptions } from './curve.js'
import { imputed } from './imputation.js'
import { readingRange } from './reading.js'

export interface RoadOptions extends Omit<CurveOptions, 'baseline' | 'granularity'> {
  /** Shares that are removed: k / (steps + 1), k = 1 .. steps. Default 9: 10 %, 20 %, ..., 90 %. */
  readonly steps: number
  /** Standard deviation of what is added to imputed values, in units of the network's input. Default 0.01. */
  readonly noise: number
}

/**
 * Remove and debias: the mean reading of the explained label when a share of the pixels, those of the largest scores (`order: 'most'`, lower is better) or of the smallest (`'least'`, higher is
 * better), is removed and filled in from its neighbours (see `imputed`) with a little noise, over the shares 10 % to 90 %. What is removed leaves no shape behind that a model could read. `of: 'label'` gives the
 * paper's accuracy as the mean over examples. Noise of example n at step k comes from stream ('noise', n, k).
 */
export const road = defineMetric<RoadOptions>({
  name: 'road',
  cite: 'Rong, Leemann, Borisov, Kasneci & Kasneci 2022, A Consistent and Efficient Evaluation Strategy for Attribution Methods, arXiv 2202.00449',
  direction: 'lower',
  range: [0, 1],
  formula: 'mean over s = 1/(n + 1) .. n/(n + 1) of f(x with the share s of pixels ranked first imputed)',
  defaults: { by: 'signed', channelAxis: undefined, of: 'probability', order: 'most', steps: 9, noise: 0.01 },
  check(options) {
    assertCurve('road', { ...curveDefaults, ...options })
    assertWhole("option 'steps' of road", options.steps, 1, 999)
    assertNoise(options.noise)
  },
  given: ({ of, order }) => ({ range: readingRange(of), direction: order === 'most' ? 'lower' : 'higher' }),
  async measure(context, options) {
    const { pixels, scores } = scoredPixels(context, { ...options, granularity: 'pixel' })
    assertPlane(pixels, context.input.shape)
    const inputs = rowsOf(context.input)
    const copies = ordersOf(context, scores, options.order).map((order, n) => {
      const noiseOf = (k: number): Random => context.random.fork('noise', n, k)
      return removals(pixels, inputs[n]!, order, options, noiseOf)
    })
    return (await readCopies(context, copies, options.of)).map((values) => {
      const { mean, spread } = meanAndSpread(values)
      return { value: mean, samples: values.length, spread, curve: values }
    })
  }
})

/** Copy k is the example without the share (k + 1) / (steps + 1) of its pixels, at most all but one. */
function removals(
  { count, channels, inner, height, width }: Pixels,
  x: Float32Array,
  order: readonly number[],
  { steps, noise }: Pick<RoadOptions, 'steps' | 'noise'>,
  noiseOf: (k: number) => Random
): Copies {
  return {
    count: steps,
    write(k, into) {
      const removed = new Uint8Array(count)
      const most = Math.min(count - 1, Math.round(((k + 1) * count) / (steps + 1)))
      for (const pixel of order.slice(0, most)) removed[pixel] = 1
      const added = new Float32Array(x.length)
      noiseOf(k).normals(added)
      const at = (pixel: number, c: number): number => elementOf(pixel, c, channels, inner)
      for (let c = 0; c < channels; c++) {
        const channel = Float32Array.from({ length: count }, (_, pixel) => x[at(pixel, c)]!)
        const filled = imputed(channel, removed, height, width)
        filled.forEach((value, p) => (into[at(p, c)] = value + (removed[p] === 1 ? noise * added[at(p, c)]! : 0)))
      }
    }
  }
}

function elementOf(pixel: number, c: number, channels: number, inner: number): number {
  return (Math.floor(pixel / inner) * channels + c) * inner + (pixel % inner)
}

function assertNoise(noise: number): void {
  if (Number.isFinite(noise) && noise >= 0) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "option 'noise' of road",
    expected: 'a number >= 0',
    found: `${noise}`
  })
}

function assertPlane({ planes, count }: Pixels, shape: readonly number[]): void {
  if (planes === 1 && count > 1) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'input of road',
    expected: 'one plane of at least two pixels, such as pictures [N,C,H,W]',
    found: formatShape(shape)
  })
}
