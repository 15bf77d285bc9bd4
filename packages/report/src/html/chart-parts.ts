import type { Criterion } from '@agon/core'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { MeasureFacts } from '../report.js'
import type { Curve } from '../summary.js'
import type { Series } from './series.js'

/** One chart: a figure of a check, of every method. */
export interface ChartFacts {
  readonly figure: string
  readonly measure?: MeasureFacts
  readonly steps: readonly string[]
  readonly curves: readonly { readonly series: Series; readonly curve: Curve }[]
  /** Drawn if it is of this figure. */
  readonly criterion: Criterion
  readonly wide: boolean
  /** Said in its place. */
  readonly label: string
}

/** A sign of a series: filled for methods, open for controls. */
export function sign({ color, symbol, filled }: Pick<Series, 'color' | 'symbol' | 'filled'>): Plot.DotOptions {
  return { symbol, stroke: color, strokeWidth: 1.2, fill: filled ? color : 'var(--paper)' }
}

/** The values at which the criterion's threshold is drawn: on both sides of 0 where the size counts and values come near the lower one. */
export function thresholds({ criterion, figure, curves }: ChartFacts): number[] {
  if (criterion.figure !== figure) return []
  const { threshold, absolute } = criterion
  const isLow = curves.some(({ curve }) => curve.some((point) => point && point.value < -threshold / 2))
  return absolute && isLow ? [threshold, -threshold] : [threshold]
}

export const thresholdLine = { stroke: 'var(--accent)', strokeDasharray: '6 4' } as const
export const thresholdText = { fill: 'var(--accent)' } as const

/** The beginning and the end, which in names of layers tell most. */
export function shortened(name: string, length = 20): string {
  return name.length <= length ? name : `${name.slice(0, 6)}…${name.slice(7 - length)}`
}

/** A plot with the page's sizes, see plotSvg. */
export function chartSvg({ wide, label }: ChartFacts, options: Plot.PlotOptions): string {
  return plotSvg(wide ? 'chart wide' : 'chart', {
    width: wide ? 960 : 520,
    ariaLabel: label,
    style: { fontSize: '12px' },
    ...options
  })
}

/**
 * A plot as static SVG. Without a browser's document it is made in one of linkedom's. Its own style sheet is left out: what it says is in the page's. One that
 * has no label is decoration.
 */
export function plotSvg(className: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html></html>')
  const figure = Plot.plot({ ...options, document })
  figure.setAttribute('class', className)
  figure.querySelector('style')?.remove()
  if (options.ariaLabel) figure.setAttribute('role', 'img')
  else figure.setAttribute('aria-hidden', 'true')
  return rounded(figure.outerHTML)
}

/** Coordinates to a hundredth of a pixel. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|[xy][12]?)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
  )
}
