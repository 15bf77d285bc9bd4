import type { SystemResult } from './records.js'
import { timing, type Sample } from './statistics.js'

/** A system that takes part in a comparison. */
export interface Contender {
  readonly name: string
  /** Numbers of labels, or of gradients, to be timed. */
  readonly counts: readonly number[]
  sample(n: number): Promise<Sample>
  /** A peer that fails leaves the comparison and the reason is said; a failure of ours ends it. */
  readonly optional: boolean
  /** Largest resident memory of the process so far. */
  peak?(): Promise<number>
}

export interface Alternation {
  readonly rounds: number
  /** No further round is begun that would end later than this many seconds after the beginning. */
  readonly seconds: number
  onSample?(name: string, n: number, round: number, sample: Sample): void
  /** Seconds; replaced in tests. */
  now?(): number
}

export interface Alternated {
  readonly systems: readonly SystemResult[]
  readonly skipped: readonly string[]
}

/** Times the contenders in turns, so that whatever else the machine does meets all of them. At least one round is made. */
export async function alternate(contenders: readonly Contender[], options: Alternation): Promise<Alternated> {
  const { rounds, seconds, now = () => performance.now() / 1000 } = options
  const state: State = { samples: new Map(), gone: new Map() }
  const from = now()
  for (let round = 1, last = 0; round <= rounds; round++) {
    const begun = now()
    if (round > 1 && begun - from + last > seconds) break
    for (const contender of contenders) await turn(contender, round, state, options)
    last = now() - begun
  }
  const there = contenders.filter(({ name }) => !state.gone.has(name))
  return {
    systems: await Promise.all(there.map((each) => result(each, state))),
    skipped: [...state.gone].map(([name, reason]) => `${name}: ${reason}`)
  }
}

interface State {
  /** By contender, then by count. */
  readonly samples: Map<string, Map<number, Sample[]>>
  readonly gone: Map<string, string>
}

async function turn(
  contender: Contender,
  round: number,
  { samples, gone }: State,
  options: Alternation
): Promise<void> {
  const { name, counts, optional } = contender
  if (gone.has(name)) return
  const own = samples.get(name) ?? new Map<number, Sample[]>()
  samples.set(name, own)
  try {
    for (const n of counts) {
      const sample = await contender.sample(n)
      own.set(n, [...(own.get(n) ?? []), sample])
      options.onSample?.(name, n, round, sample)
    }
  } catch (error) {
    if (!optional) throw error
    gone.set(name, error instanceof Error ? error.message : String(error))
  }
}

async function result(contender: Contender, { samples }: State): Promise<SystemResult> {
  const own = [...samples.get(contender.name)!]
  const points = own.map(([n, taken]) => {
    const peaks = taken.flatMap(({ peak_mb }) => (peak_mb === undefined ? [] : [peak_mb]))
    return { n, ...timing(taken), ...(peaks.length > 0 && { peak_mb: Math.max(...peaks) }) }
  })
  const others = own.flatMap(([, taken]) => taken.flatMap(({ other_cores }) => other_cores ?? []))
  const peak = await contender.peak?.()
  return {
    name: contender.name,
    points,
    ...(others.length > 0 && { other_cores: others.reduce((a, b) => a + b, 0) / others.length }),
    ...(peak !== undefined && { peak_mb: peak })
  }
}
