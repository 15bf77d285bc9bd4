import type { Point, SystemResult, Timing } from './records.js'

/** One sample of a call: seconds. */
export interface Sample {
  readonly core_s: number
  readonly wall_s: number
  readonly peak_mb?: number
  readonly other_cores?: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Medians of samples, and how far apart they were. */
export function timing(samples: readonly Sample[]): Timing {
  const core = samples.map(({ core_s }) => core_s)
  const core_s = median(core)
  const spread = core_s > 0 ? (Math.max(...core) - Math.min(...core)) / core_s : 0
  return { core_s, wall_s: median(samples.map(({ wall_s }) => wall_s)), samples: samples.length, spread }
}

/** time(n) = fixed + n x slope, in seconds, through the two points of `pair`; undefined where one was not measured. */
export interface Line {
  readonly fixed: number
  readonly slope: number
}

type Measure = 'core_s' | 'wall_s'

export function line(system: SystemResult, pair: readonly [number, number], measure: Measure): Line | undefined {
  const [low, high] = pair.map((n) => point(system, n)) as [Point | undefined, Point | undefined]
  if (low === undefined || high === undefined || low.n === high.n) return undefined
  const slope = (high[measure] - low[measure]) / (high.n - low.n)
  return { slope, fixed: low[measure] - slope * low.n }
}

export function point(system: SystemResult, n: number): Point | undefined {
  return system.points.find((each) => each.n === n)
}

/** Seconds for n labels: as measured, else by the line. */
export interface Cost {
  readonly seconds: number
  readonly estimated: boolean
}

export function cost(
  system: SystemResult,
  pair: readonly [number, number],
  n: number,
  measure: Measure
): Cost | undefined {
  const measured = point(system, n)
  if (measured) return { seconds: measured[measure], estimated: false }
  const through = line(system, pair, measure)
  return through && { seconds: through.fixed + n * through.slope, estimated: true }
}
