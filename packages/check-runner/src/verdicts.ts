import type { Facts } from './facts.js'
import { decidingStep, judge, type Sample } from '@agon/sanity-checks'
import type { Cell, ReportCheck, ReportMethod, ScoreCell, Verdict } from '@agon/report'

/** The metric that says beside every similarity how faithful a method is, if a run has it; else the first one. */
const faithful = 'deletion'

/** What is said of every method by every check, with the controls and a figure of faithfulness beside it. Methods without any value are left out. */
export function verdictsOf(facts: Facts, cells: readonly Cell[], scores: readonly ScoreCell[]): readonly Verdict[] {
  return facts.checks.flatMap((check) => {
    const values = new Map(facts.methods.map(({ name }) => [name, samplesOf(check, name, cells)]))
    return facts.methods
      .filter(({ name }) => values.get(name)!.length > 0)
      .map((method) => verdictOf(facts, check, method, values, scores))
  })
}

function verdictOf(
  { methods, metrics }: Facts,
  check: ReportCheck,
  method: ReportMethod,
  values: ReadonlyMap<string, readonly Sample[]>,
  scores: readonly ScoreCell[]
): Verdict {
  const { criterion } = check
  const thinned = method.thinned === undefined ? undefined : values.get(method.thinned)
  const { value, spread, samples, outcome, because } = judge(
    criterion,
    values.get(method.name)!,
    thinned && { thinned }
  )
  const others = methods.filter(
    ({ name, role }) => role === 'control' && name !== method.name && values.get(name)!.length > 0
  )
  const metric = (metrics.find(({ name }) => name === faithful) ?? metrics[0])?.name
  const faithfulness = metric === undefined ? undefined : faithfulnessOf(metric, method.name, scores)
  return {
    check: check.name,
    method: method.name,
    criterion,
    value,
    spread,
    samples,
    outcome,
    because,
    controls: others.map(({ name }) => {
      const judged = judge(criterion, values.get(name)!)
      return { method: name, value: judged.value, spread: judged.spread }
    }),
    ...(faithfulness && { faithfulness })
  }
}

/** The values of a check's figure at the step that decides. */
function samplesOf({ name, steps, criterion }: ReportCheck, method: string, cells: readonly Cell[]): readonly Sample[] {
  const step = decidingStep(criterion, steps.length)
  return cells.flatMap((cell) => {
    const value = cell.figures[criterion.figure]
    const counts = cell.check === name && cell.method === method && cell.step === step && value !== undefined
    return counts ? [{ draw: cell.draw, example: cell.input, value }] : []
  })
}

function faithfulnessOf(metric: string, method: string, scores: readonly ScoreCell[]): Verdict['faithfulness'] {
  const own = summary(metric, method, scores)
  const random = summary(metric, 'random-map', scores)
  return own && { metric, ...own, ...(random && { random: random.value }) }
}

/** Mean and standard deviation over inputs. */
function summary(metric: string, method: string, scores: readonly ScoreCell[]) {
  const values = scores.filter((score) => score.metric === metric && score.method === method).map(({ value }) => value)
  if (values.length === 0) return undefined
  const value = values.reduce((sum, each) => sum + each, 0) / values.length
  const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0)
  return { value, spread: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) }
}
