import { AgonError, assertBaseline, baselineOf, formatShape, rowsOf, type Baseline } from '@agon/core'
import { pixelsAlong } from '../maps/pixels.js'
import { blurred } from './blur.js'
import type { Perturbed } from './copies.js'

const kinds = ['mean', 'blur', 'uniform', 'flip'] as const

/**
 * What takes the place of pixels: a baseline; `'mean'`, the mean of each channel of the example; `'blur'`, the example blurred (see `blurred`); `'uniform'`, numbers drawn
 * evenly from each channel's own range; `'flip'`, least + largest - x of each channel.
 */
export type Replacement = Baseline | (typeof kinds)[number]

/** Throws AGON_BAD_OPTION for what is none of these; whether a tensor fits shows only beside the input. */
export function assertReplacement(name: string, baseline: unknown): void {
  const what = `option 'baseline' of ${name}`
  if (typeof baseline !== 'string') return assertBaseline(what, baseline)
  if ((kinds as readonly string[]).includes(baseline)) return
  const expected = `a finite number, a tensor or one of ${kinds.map((kind) => `'${kind}'`).join(', ')}`
  throw new AgonError('AGON_BAD_OPTION', { what, expected, found: `'${baseline}'` })
}

/**
 * The values that take the place of an example's own, a row for every example: by the metric's option, else the baseline of the call, else the fallback. Draws
 * for example n come from stream ('replacement', n). Throws what `baselineOf` throws.
 */
export function replacementsOf(
  context: Perturbed,
  option: Replacement | undefined,
  { channelAxis, fallback = 0 }: { readonly channelAxis?: number | undefined; readonly fallback?: Replacement } = {}
): readonly Float32Array[] {
  const { input, baseline, random } = context
  const wanted = option ?? baseline ?? fallback
  const inputs = rowsOf(input)
  if (wanted === 'blur') assertPlanes(input.shape, channelAxis)
  if (wanted === 'blur') return inputs.map((x) => blurred(x, input.shape.slice(1)))
  if (typeof wanted === 'string') {
    const channels = channelsOf(input.shape, channelAxis)
    return inputs.map((x, n) => {
      if (wanted === 'mean') return replaced(x, channels, ({ mean }) => mean)
      if (wanted === 'flip') return replaced(x, channels, ({ least, largest }, value) => least + largest - value)
      return drawn(x, channels, random.fork('replacement', n))
    })
  }
  const rows = rowsOf(baselineOf(context, wanted))
  return inputs.map((_, n) => rows[n % rows.length]!)
}

/** Throws AGON_BAD_OPTION unless the last two axes are those of a picture. */
function assertPlanes(shape: readonly number[], channelAxis = 1): void {
  if (shape.length >= 4 && channelAxis < shape.length - 2) return
  const found = `${formatShape(shape)}, channels on axis ${channelAxis}`
  throw new AgonError('AGON_BAD_OPTION', { what: "baseline 'blur'", expected: 'pictures [N,C,H,W]', found })
}

interface Channels {
  readonly count: number
  readonly inner: number
}

interface Facts {
  readonly least: number
  readonly largest: number
  readonly mean: number
}

/** Of pictures along axis 1 where no other is named; without channels the whole example is one. */
export function channelsOf(shape: readonly number[], axis = shape.length === 4 ? 1 : undefined): Channels {
  const { channels, inner } = pixelsAlong(shape, axis)
  return { count: channels, inner }
}

/** Evenly distributed numbers between the least and the largest value of each channel. */
export function drawn(x: Float32Array, channels: Channels, random: { uniform(): number }): Float32Array {
  return replaced(x, channels, ({ least, largest }) => least + (largest - least) * random.uniform())
}

function replaced(x: Float32Array, channels: Channels, by: (facts: Facts, value: number) => number): Float32Array {
  const channel = (i: number): number => Math.floor(i / channels.inner) % channels.count
  const facts = Array.from({ length: channels.count }, () => ({ least: Infinity, largest: -Infinity, sum: 0 }))
  x.forEach((value, i) => {
    const own = facts[channel(i)]!
    own.least = Math.min(own.least, value)
    own.largest = Math.max(own.largest, value)
    own.sum += value
  })
  const each = x.length / channels.count
  const known = facts.map(({ least, largest, sum }) => ({ least, largest, mean: sum / each }))
  return x.map((value, i) => by(known[channel(i)]!, value))
}
