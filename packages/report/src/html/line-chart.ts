import * as Plot from '@observablehq/plot'
import type { Curve } from '../summary.js'
import { chartSvg, plotSvg, shortened, sign, thresholdLine, thresholds, thresholdText } from './chart-parts.js'
import type { ChartFacts } from './chart-parts.js'
import type { Series } from './series.js'

interface Point {
  readonly step: number
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Curves over the steps with bands of one spread on either side, as static SVG in the page's colours. */
export function lineChart(facts: ChartFacts): string {
  const { measure, steps, curves, wide } = facts
  const first = measure?.same === undefined ? 1 : 0
  const places = Array.from({ length: steps.length + 1 - first }, (_, k) => k + first)
  const every = Math.ceil(places.length / (wide ? 40 : 24))
  return chartSvg(facts, {
    height: (wide ? 260 : 200) + marginFor(steps),
    marginTop: 30,
    marginRight: wide ? 110 : 24,
    marginBottom: marginFor(steps),
    x: {
      type: 'point',
      domain: places,
      ticks: places.filter((place) => (place - first) % every === 0),
      tickFormat: (place: number) => (place === 0 ? 'unchanged' : shortened(steps[place - 1]!)),
      tickRotate: -45,
      label: null
    },
    y: { grid: true, label: facts.figure, labelArrow: 'none', nice: true },
    marks: [
      ...thresholdMarks(facts),
      ...curves.flatMap(({ series, curve }) => curveMarks(series, curve, measure?.same))
    ]
  })
}

function curveMarks(series: Series, curve: Curve, same: number | undefined): Plot.Markish[] {
  const points = pointsOf(curve, same)
  const { color, dashes, filled } = series
  return [
    Plot.areaY(points, { x: 'step', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.14 }),
    Plot.lineY(points, { x: 'step', y: 'value', ...strokeOf(color, dashes, filled) }),
    Plot.dot(
      points.filter(({ step }) => step > 0),
      { x: 'step', y: 'value', r: 3, ...sign(series) }
    )
  ]
}

function strokeOf(color: string, dashes: string | undefined, filled: boolean): Plot.LineOptions {
  return { stroke: color, strokeWidth: filled ? 2 : 1.4, ...(dashes && { strokeDasharray: dashes }) }
}

/** From the unchanged model, where a map is like itself. */
function pointsOf(curve: Curve, same: number | undefined): Point[] {
  const start = same === undefined ? [] : [{ step: 0, value: same, low: same, high: same }]
  const found = curve.flatMap((point, k) => {
    if (!point) return []
    const { value, spread } = point
    return [{ step: k + 1, value, low: value - spread, high: value + spread }]
  })
  return [...start, ...found]
}

function thresholdMarks(facts: ChartFacts): Plot.Markish[] {
  const lines = thresholds(facts)
  const [top] = lines
  if (top === undefined) return []
  const text = [`${facts.criterion.passes} ${top} passes`]
  const label = Plot.text(text, { y: [top], text, frameAnchor: 'right', textAnchor: 'start', dx: 8, ...thresholdText })
  return [Plot.ruleY(lines, thresholdLine), ...(facts.wide ? [label] : [])]
}

function marginFor(steps: readonly string[]): number {
  return 30 + 5 * Math.max(9, ...steps.map((name) => shortened(name).length))
}

/** The sample of a line in a key. */
export function lineSample({ color, dashes, symbol, filled }: Series): string {
  const line = [0, 1].map((x) => ({ x, y: 0.5 }))
  return plotSvg('sample', {
    width: 40,
    height: 12,
    axis: null,
    marginLeft: 1,
    marginRight: 1,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      Plot.lineY(line, { x: 'x', y: 'y', ...strokeOf(color, dashes, filled) }),
      Plot.dot([{ x: 0.5, y: 0.5 }], { x: 'x', y: 'y', r: 3, ...sign({ color, symbol, filled }) })
    ]
  })
}
