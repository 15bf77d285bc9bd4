import { AgonError, evaluateConditions, type Condition, type ConditionResult, type RunOutcome } from 'agon'
import type { ExitCode } from '../exit.js'

/** How a run of checks ends for whoever called it. */
export interface Gate {
  readonly code: ExitCode
  /** Those that could be told. */
  readonly conditions: readonly ConditionResult[]
  /** Why the code is not 0, in sentences. */
  readonly said: readonly string[]
}

/** Conditions are told of a run that is done only; one whose values partly failed to come can be neither met nor not. */
export function gate({ report, state, left, failures }: RunOutcome, conditions: readonly Condition[]): Gate {
  if (state === 'time') {
    const untold = conditions.length > 0 ? ', and no condition is told before it is done' : ''
    return {
      code: 4,
      conditions: [],
      said: [`time is up: ${left} pieces of work are left; the same command goes on${untold}`]
    }
  }
  const told = conditions.map((condition) => tell(() => evaluateConditions(report, [condition])[0]!))
  const found = told.flatMap((each) => (typeof each === 'string' ? [] : each))
  const met = found.filter(({ holds }) => holds)
  const said = [
    ...met.map(({ condition }) => `condition met: ${condition.text}`),
    ...told.flatMap((each) => (typeof each === 'string' ? each : [])),
    ...(failures > 0 ? [`${failures} pieces of work failed; the report lists them, and --fresh tries again`] : [])
  ]
  return { code: met.length > 0 ? 3 : said.length > 0 ? 5 : 0, conditions: found, said }
}

/** What was found, or why nothing could be. */
function tell(evaluate: () => ConditionResult): ConditionResult | string {
  try {
    return evaluate()
  } catch (error) {
    if (error instanceof AgonError && error.code === 'AGON_BAD_INPUT')
      return `${error.what}: found ${error.found} of ${error.expected}`
    throw error
  }
}
