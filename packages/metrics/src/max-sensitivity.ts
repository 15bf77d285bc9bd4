import {
  AgonError,
  assertChoice,
  assertWhole,
  defineMetric,
  rowsOf,
  type MetricContext,
  type Score,
  type Tensor
} from '@agon/core'
import { largestChange, type Change } from './sensitivity/largest-change.js'
import { givenRows } from './perturbations/given.js'
import { assertPositive, rangeNote, rangesOf } from './perturbations/noise.js'
import type { Perturbed } from './perturbations/perturbation.js'

export interface MaxSensitivityOptions {
  /**
   * `'relative'` (default): divided by the norm of the map, as the authors' code does; `'raw'`: not divided, as their definition; `'captum'`: relative, with the radius in
   * units of the input.
   */
  readonly form: 'relative' | 'raw' | 'captum'
  /** Perturbed inputs, at most a million. Default 10. */
  readonly samples: number
  /** Half the side of the cube around the input from which they come. Default 0.02. */
  readonly radius: number
  /** Of the radius: `'range'`, a share of an example's range, its maximum - its minimum, which is the default, or `'input'`, the input's own units, that of `'captum'`. */
  readonly unit: 'range' | 'input' | undefined
  /** Perturbed inputs `[N, samples, ...]` in place of drawn ones; samples and radius are not looked at. */
  readonly perturbed: Tensor | undefined
}

/**
 * Max-sensitivity of maps phi: how much they change at most, in the Euclidean norm over all elements, when the input x changes a little,
 *
 *     max over d of |phi(x + d) - phi(x)| / |phi(x)|,    every d_i uniform in -r .. r
 *
 * at the same label and with the same seed of the method. Where |phi(x)| = 0 it is not divided. Perturbation k of example n is drawn from stream ('perturbation', n, k), so that
 * more samples include those of fewer: the score never falls with them.
 */
export const maxSensitivity = defineMetric<MaxSensitivityOptions>({
  name: 'max-sensitivity',
  cite: 'Yeh, Hsieh, Suggala, Inouye & Ravikumar 2019, On the (In)fidelity and Sensitivity of Explanations, arXiv 1901.09392',
  direction: 'lower',
  range: [0, Infinity],
  formula: 'max over d, |d|_inf <= r, of |phi(x + d) - phi(x)|_2 / |phi(x)|_2; not divided in the raw form',
  defaults: { form: 'relative', samples: 10, radius: 0.02, unit: undefined, perturbed: undefined },
  check({ form, samples, radius, unit }) {
    const option = (of: string): string => `option '${of}' of max-sensitivity`
    assertChoice(option('form'), form, ['relative', 'raw', 'captum'])
    assertWhole(option('samples'), samples, 1, 1_000_000)
    assertPositive(option('radius'), radius)
    if (unit !== undefined) assertChoice(option('unit'), unit, ['range', 'input'])
    if (form !== 'captum' || unit !== 'range') return
    throw new AgonError('AGON_BAD_OPTION', {
      what: option('unit'),
      expected: "'input' in Captum's form",
      found: "'range'",
      remedy: "Use form: 'relative'."
    })
  },
  async measure(context, options) {
    const perturbed: Perturbed = options.perturbed
      ? givenRows('perturbed', context, options.perturbed)
      : inCube(context, options)
    const maps = rowsOf(context.attribution)
    const changes = maps.map((map) => largestChange(map, { isRelative: options.form !== 'raw' }))
    for (let k = 0; k < perturbed.count; k++) {
      context.signal?.throwIfAborted()
      const others = rowsOf(await context.explain(sampleOf(context, perturbed, k)))
      others.forEach((other, n) => changes[n]!.add(other))
    }
    return changes.map((change, n) => scoreOf(change, perturbed.count, perturbed.note?.(n)))
  }
})

/** x + d, every element of d uniform in -r .. r. */
function inCube(context: MetricContext, { samples, radius, form, unit }: MaxSensitivityOptions): Perturbed {
  const { input, random } = context
  const inputs = rowsOf(input)
  const isOfRange = form !== 'captum' && unit !== 'input'
  const ranges = rangesOf(context)
  return {
    count: samples,
    write(n, k, into) {
      const stream = random.fork('perturbation', n, k)
      const r = isOfRange ? radius * ranges[n]! : radius
      for (let i = 0; i < into.length; i++) into[i] = inputs[n]![i]! + r * (2 * stream.uniform() - 1)
    },
    note: (n) => (isOfRange ? rangeNote(ranges[n]!, "unit: 'input'") : undefined)
  }
}

/** Perturbed input k of every example. */
function sampleOf({ input: { shape, data } }: MetricContext, perturbed: Perturbed, k: number): Tensor {
  const all = new Float32Array(data.length)
  const size = data.length / shape[0]!
  for (let n = 0; n < shape[0]!; n++) perturbed.write(n, k, all.subarray(n * size, (n + 1) * size))
  return { shape, data: all }
}

const constantNote =
  'The map did not change at all. That is no merit by itself: a map that looks at neither input nor model scores 0 as well.'
const zeroNote = 'The map of the input is 0 everywhere, so that its changes were not divided by its norm.'

function scoreOf(change: Change, samples: number, found: string | undefined): Score {
  const value = change.value()
  const notes = [found, value === 0 && constantNote, value > 0 && change.isUndivided && zeroNote].filter(Boolean)
  return { value, samples, ...(notes.length > 0 && { note: notes.join(' ') }) }
}
