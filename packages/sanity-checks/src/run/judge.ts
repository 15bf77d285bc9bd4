import type { Criterion } from '@agon/core'
import { intervalOf, type Interval, type Sample } from './interval.js'

/** What is said of a method by one check. */
export interface Judgement {
  /** Mean of the figure over draws and examples; 0 where there is none. */
  readonly value: number
  /** Standard deviation over draws and examples; 0 with fewer than two. */
  readonly spread: number
  readonly samples: number
  /** Half of the 95 % interval of the mean; absent where there are too few to tell. */
  readonly uncertainty?: number
  readonly outcome: 'passes' | 'fails' | 'cannot tell'
  /** One sentence. */
  readonly because: string
}

/** What a method is judged beside. */
export interface JudgeControls {
  /** Of a competitive method: the values of its thinned control at the same step. */
  readonly thinned?: readonly Sample[]
}

/**
 * Judges the values of a criterion's figure at its step: passed or failed where the 95 % interval of the mean lies on one side of the threshold, else nobody can tell. A competitive method
 * whose map changes enough cannot be told from its thinned control unless that control's interval lies on the other side: keeping fewer elements lowers every
 * similarity.
 */
export function judge(criterion: Criterion, values: readonly Sample[], { thinned }: JudgeControls = {}): Judgement {
  const alone = judgeAlone(criterion, values)
  if (thinned === undefined || alone.outcome !== 'passes' || criterion.passes !== 'below') return alone
  const control = judgeAlone(criterion, thinned)
  if (control.outcome === 'fails') return alone
  return {
    ...alone,
    outcome: 'cannot tell',
    because: `${alone.because.replace(/\.$/, '')}; but the base map, thinned at random to the same share, comes to ${shown(control)}: the similarity alone does not credit the competition.`
  }
}

function judgeAlone({ figure, absolute, threshold, passes }: Criterion, values: readonly Sample[]): Judgement {
  const sized = absolute ? values.map((sample) => ({ ...sample, value: Math.abs(sample.value) })) : values
  const found = intervalOf(sized)
  const { value, spread, samples, uncertainty, over } = found
  const facts = { value, spread, samples, ...(uncertainty !== undefined && { uncertainty }) }
  const name = absolute ? `|${figure}|` : figure
  if (uncertainty === undefined) {
    return {
      ...facts,
      outcome: 'cannot tell',
      because: `${samples === 0 ? 'No value' : 'A single value'} of ${name} has no spread to hold against the threshold ${threshold}.`
    }
  }
  const side = sideOf(found, threshold)
  const outcome = side === undefined ? 'cannot tell' : side === passes ? 'passes' : 'fails'
  const where = side === undefined ? 'reaches across' : `is ${side}`
  return {
    ...facts,
    outcome,
    because: `The mean of ${name} is ${shown(facts)} (95 % interval over ${over}), which ${where} the threshold ${threshold}.`
  }
}

function sideOf({ value, uncertainty = Infinity }: Interval, threshold: number): 'below' | 'above' | undefined {
  if (value + uncertainty < threshold) return 'below'
  return value - uncertainty > threshold ? 'above' : undefined
}

function shown({ value, uncertainty }: Pick<Interval, 'value' | 'uncertainty'>): string {
  return uncertainty === undefined ? value.toFixed(3) : `${value.toFixed(3)} ± ${uncertainty.toFixed(3)}`
}
