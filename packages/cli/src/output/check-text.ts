import type { Extent, Report, Verdict } from 'agon'
import { formatSeconds } from '../progress.js'
import { figure, table } from './table.js'

/** What a run goes through, before it starts. */
export function planText(
  { inputs, methods, controls, maps, scores, cells, trials }: Extent,
  finished: number,
  total: number
): string {
  const inAll = `${counted(inputs, 'input')}, ${counted(methods, 'method')} and ${counted(controls, 'control')}: `
  const parts = `${counted(maps, 'map')}, ${counted(scores, 'score')}, ${counted(cells, 'cell')} in ${counted(trials, 'trial')}`
  return `${inAll}${parts}${finished === 0 ? '' : `; ${finished} of ${total} pieces of work are there already`}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** `about 3 min 20 s and 410 MiB` */
export function estimateText(seconds: number, memory: number): string {
  return `about ${formatSeconds(seconds)} left, about ${Math.ceil(memory / 2 ** 20)} MiB, as a map by every method and a score by every metric took`
}

/** The verdicts and the mean scores, a table each. */
export function checkText(report: Report): string {
  const verdicts = report.checks.flatMap(({ name }) => verdictRows(report, name))
  const scores = scoreRows(report)
  const parts = [
    verdicts.length === 0
      ? ''
      : table([['check', 'method', 'figure', 'mean', 'spread', 'passes', 'verdict'], ...verdicts]),
    scores.length === 0 ? '' : table([['mean score', ...report.metrics.map(({ name }) => name)], ...scores])
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function verdictRows({ methods, verdicts }: Report, check: string): string[][] {
  return verdicts
    .filter((verdict) => verdict.check === check)
    .map((verdict) => {
      const isControl = methods.some(({ name, role }) => name === verdict.method && role === 'control')
      const outcome = isControl ? 'control' : verdict.outcome
      return [
        check,
        verdict.method,
        verdict.criterion.figure,
        figure(verdict.value),
        figure(verdict.spread),
        limit(verdict),
        outcome
      ]
    })
}

function limit({ criterion: { passes, threshold, absolute } }: Verdict): string {
  return `${absolute ? '|.| ' : ''}${passes} ${threshold}`
}

function scoreRows({ methods, metrics, scores }: Report): string[][] {
  if (scores.length === 0) return []
  return methods.map(({ name }) => [
    name,
    ...metrics.map((metric) => {
      const values = scores.filter((score) => score.metric === metric.name && score.method === name)
      return values.length === 0 ? '' : figure(values.reduce((sum, { value }) => sum + value, 0) / values.length)
    })
  ])
}
