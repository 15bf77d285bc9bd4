import type { Criterion } from '@agon/core'
import type { Sample } from './interval.js'
import type { CheckRun } from './run-check.js'

/** The number (from 1) of the step that a criterion reads, of so many. */
export function decidingStep({ step = 'last' }: Criterion, steps: number): number {
  return step === 'first' ? 1 : steps
}

/** The values of a criterion's figure at its step. */
export function decidingValues({ cells, steps }: CheckRun, criterion: Criterion): readonly Sample[] {
  const step = decidingStep(criterion, steps.length)
  return cells
    .filter((cell) => cell.step === step && cell.figures[criterion.figure] !== undefined)
    .map(({ draw, example, figures }) => ({ draw, example, value: figures[criterion.figure]! }))
}
