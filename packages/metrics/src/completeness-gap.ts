import {
  assertChoice,
  baselineOf,
  completeness,
  defineMetric,
  logitsAt,
  rowsOf,
  type Completeness,
  type MetricContext,
  type Score
} from '@agon/core'
import { headNote } from './head-note.js'

export interface CompletenessGapOptions {
  /** `'absolute'` (default), in units of the logit, or `'relative'`: divided by |f(x) - f(x0)|. */
  readonly form: 'absolute' | 'relative'
}

/**
 * How far maps phi are from adding up to what they explain, the rise of logit f from the baseline x0 to the input x:
 *
 *     |sum of phi - (f(x) - f(x0))|
 *
 * Methods that claim to add up are held to their own baseline, and gradient (.) input to the logit itself; all others to the baseline of the call, or zero: one forward
 * pass. Where f(x) = f(x0) the relative gap is not divided.
 */
export const completenessGap = defineMetric<CompletenessGapOptions>({
  name: 'completeness-gap',
  cite: 'Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks, arXiv 1703.01365',
  direction: 'lower',
  range: [0, Infinity],
  formula: '|sum of phi - (f(x) - f(x0))|; divided by |f(x) - f(x0)| in the relative form',
  defaults: { form: 'absolute' },
  check: ({ form }) => assertChoice("option 'form' of completeness-gap", form, ['absolute', 'relative']),
  async measure(context, { form }) {
    context.signal?.throwIfAborted()
    const head = headNote(context.session.model)
    const claimed = gapsOf(context)
    if (claimed) return claimed.map((found) => scoreOf(found, form, [head]))
    const baselineLogits = await logitsAt(context, baselineOf(context, undefined))
    return gapsOf({ ...context, baselineLogits })!.map((found) => scoreOf(found, form, [head, unclaimedNote]))
  }
})

const unclaimedNote =
  'The method does not claim that its maps add up; the gap is that to the rise of the logit from the baseline of the call, or zero.'
const undividedNote = 'The logits at the input and at the baseline are equal, so that the gap was not divided.'

/** Of every example, for a method that claims its maps to add up; see `completeness`. */
function gapsOf({ method, targets, baselineLogits, ...found }: MetricContext): readonly Completeness[] | undefined {
  const explained = { ...found, target: targets, ...(baselineLogits && { baselineLogits }) }
  const gaps = rowsOf(found.input).map((_, n) => completeness(method, explained, n))
  return gaps.every((gap) => gap !== undefined) ? gaps : undefined
}

function scoreOf(
  { gap, relativeGap }: Completeness,
  form: 'absolute' | 'relative',
  found: readonly (string | undefined)[]
): Score {
  const isUndivided = form === 'relative' && !Number.isFinite(relativeGap)
  const value = form === 'absolute' || isUndivided ? Math.abs(gap) : relativeGap
  const notes = [...found, isUndivided && undividedNote].filter(Boolean)
  return { value, samples: 1, ...(notes.length > 0 && { note: notes.join(' ') }) }
}
