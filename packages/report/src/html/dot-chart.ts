import * as Plot from '@observablehq/plot'
import { chartSvg, shortened, sign, thresholdLine, thresholds, thresholdText } from './chart-parts.js'
import type { ChartFacts } from './chart-parts.js'

const nameLength = 28

/** One row per method: the mean and one spread on either side. For checks of a single step. */
export function dotChart(facts: ChartFacts): string {
  const rows = facts.curves.flatMap(({ series, curve: [point] }) =>
    point ? [{ ...series, value: point.value, low: point.value - point.spread, high: point.value + point.spread }] : []
  )
  const longest = Math.min(nameLength, Math.max(0, ...rows.map(({ method }) => method.length)))
  const marks = rows.flatMap((row) => [
    Plot.ruleY([row], { y: 'method', x1: 'low', x2: 'high', stroke: row.color, strokeWidth: 1.6 }),
    Plot.dot([row], { x: 'value', y: 'method', r: 4, ...sign(row) })
  ])
  return chartSvg(facts, {
    height: 70 + 22 * rows.length,
    marginTop: 26,
    marginLeft: 24 + 6.6 * longest,
    marginBottom: 44,
    x: { grid: true, label: facts.figure, labelAnchor: 'left', labelArrow: 'none', nice: true },
    y: {
      domain: rows.map(({ method }) => method),
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => shortened(name, nameLength)
    },
    marks: [...thresholdMarks(facts), ...marks]
  })
}

function thresholdMarks(facts: ChartFacts): Plot.Markish[] {
  const lines = thresholds(facts)
  if (lines.length === 0) return []
  const { passes, threshold } = facts.criterion
  const text = [`${passes} ${threshold} passes`]
  return [
    Plot.ruleX(lines, thresholdLine),
    Plot.text(text, { x: [threshold], text, frameAnchor: 'top', dy: -16, ...thresholdText })
  ]
}
