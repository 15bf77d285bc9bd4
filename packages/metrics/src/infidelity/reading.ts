import {
  AgonError,
  baselineOf,
  multiplierOf,
  rowsOf,
  type Baseline,
  type Method,
  type MetricContext,
  type Multiplier
} from '@agon/core'

/** How the values of a method's maps meet a perturbation. */
export interface Reading {
  /** What I is divided by where the values have been multiplied by it, x - start: a row of starts for every example. Absent: I as it is. */
  readonly starts?: readonly Float32Array[]
  /** What a reader must know of it. */
  readonly note?: string
}

/** What of the options of infidelity decides it. */
interface ReadingOptions {
  readonly form: 'authors' | 'captum'
  readonly multiplier: Multiplier | undefined
}

const unknownNote =
  'The method does not say whether its values are multiplied by the input: I . phi is taken as if they were not; option multiplier says otherwise.'
const unitsNote =
  "The map is multiplied by the input already, so that I . phi is not in units of the logit; form 'captum' divides I by what the map is multiplied by."

/** Throws AGON_BAD_OPTION where I, itself a difference from the baseline, would multiply a second time what is multiplied by that already. */
export function readingOf(
  context: MetricContext,
  { form, multiplier: option }: ReadingOptions,
  isDifference: boolean
): Reading {
  const { method } = context
  const multiplier = option ?? multiplierOf(method)
  if (multiplier === undefined) return { note: unknownNote }
  if (multiplier === 'none') return {}
  if (form === 'captum') return { starts: startsOf(context, multiplier) }
  if (!isDifference) return { note: unitsNote }
  throw new AgonError('AGON_BAD_OPTION', {
    what: `infidelity of method '${method.name}' in the authors' form`,
    expected: 'a map per unit of the input, as a gradient is',
    found:
      'one that is multiplied by input - baseline, which I, a difference from the baseline, would do a second time',
    remedy: "Use form: 'captum', which divides I by it, or the method's local variant (multiplier: 'local')."
  })
}

/** Where the input - start that a method multiplies by begins, for every example. */
function startsOf(context: MetricContext, multiplier: Multiplier): readonly Float32Array[] {
  const { input, method } = context
  const rows = rowsOf(baselineOf(context, multiplier === 'input' ? 0 : ownBaseline(method)))
  return rowsOf(input).map((_, n) => rows[n % rows.length]!)
}

/** The baseline among a method's options. Throws AGON_BAD_OPTION where that is not one for all. */
function ownBaseline({ name, pass, options = {} }: Method): Baseline | undefined {
  const { baseline, baselines } = options as { readonly baseline?: Baseline | 'mean'; readonly baselines?: unknown }
  if (baseline !== 'mean' && baselines === undefined) return pass?.baseline ?? baseline
  throw new AgonError('AGON_BAD_OPTION', {
    what: `infidelity of method '${name}'`,
    expected: 'a map that is multiplied by the input minus one baseline',
    found: baselines === undefined ? "baseline 'mean'" : 'option baselines, over which it is a mean',
    remedy: "Give the method one baseline in numbers, or say multiplier: 'none' to have I . phi taken as it is."
  })
}
