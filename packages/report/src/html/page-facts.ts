import type { MeasureFacts, Report, ReportCheck, Verdict } from '../report.js'
import { curvesOf, type Curve } from '../summary.js'
import { lineSample } from './line-chart.js'
import type { Pictures } from './pictures.js'
import { seriesOf, type Series } from './series.js'

/** What the sections of a page share. */
export interface PageFacts {
  readonly report: Report
  readonly pictures: Pictures
  /** By check, figure and method. */
  readonly curves: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Curve>>>
  /** How each method is drawn, and a sample of its line. */
  readonly series: ReadonlyMap<string, Series & { readonly sample: string }>
  /** Most pixels on the longer side of the maps of steps. */
  readonly thumbnail: number
  /** The same of the maps of the unchanged model. */
  readonly mapSide: number
}

/** Most pixels on the longer side of a photograph. */
export const photographSide = 320

export function pageFacts(report: Report, pictures: Pictures): PageFacts {
  const shown = report.cells.filter(({ picture }) => picture !== undefined).length
  const curves = new Map(report.checks.map(({ name }) => [name, curvesOf(report, name)]))
  const series = new Map([...seriesOf(report)].map(([name, one]) => [name, { ...one, sample: lineSample(one) }]))
  const sides = { thumbnail: sideFor(shown, 3e6, 64, 128), mapSide: sideFor(report.maps.length, 1e6, 112, 224) }
  return { report, pictures, curves, series, ...sides }
}

/** The side, between two, at which so many square pictures have so many pixels together: what bounds the size of the page. */
function sideFor(count: number, pixels: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, Math.sqrt(pixels / Math.max(1, count)))))
}

/** What a figure is: the check's own, or the similarity before the bracket that names a normalisation. */
export function measureOf(report: Report, check: ReportCheck, figure: string): MeasureFacts | undefined {
  const all = [...(check.figures ?? []), ...report.similarities]
  const bare = figure.replace(/\([^()]*\)$/, '')
  return all.find(({ name }) => name === figure) ?? all.find(({ name }) => name === bare)
}

/** The figures of a check: that of its criterion first. */
export function figuresOf({ curves }: PageFacts, { name, criterion }: ReportCheck): string[] {
  const figures = [...(curves.get(name)?.keys() ?? [])]
  return [
    ...figures.filter((figure) => figure === criterion.figure),
    ...figures.filter((figure) => figure !== criterion.figure)
  ]
}

/** The verdicts of what was asked for: those of controls are read as their figures only. */
export function methodVerdicts({ verdicts, methods }: Report): readonly Verdict[] {
  const controls = methods.flatMap(({ name, role }) => (role === 'control' ? name : []))
  return verdicts.filter(({ method }) => !controls.includes(method))
}
