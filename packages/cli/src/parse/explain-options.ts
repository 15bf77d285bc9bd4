import { AgonError, type Agon, type Target } from 'agon'
import { chooseMethods, type ChosenMethod } from './choose-methods.js'
import { parseCompetition, type CompetitionOptions, type RawCompetitionOptions } from './competition.js'
import { parseTarget } from './labels.js'
import { parseRunOptions, type RawRunOptions, type RunOptions } from './run-options.js'

export interface RawExplainOptions extends RawRunOptions, RawCompetitionOptions {
  readonly method: string
  readonly target: string
  readonly option?: readonly string[]
  readonly plan?: boolean
}

export interface ExplainCommandOptions extends RunOptions, CompetitionOptions {
  readonly methods: readonly ChosenMethod[]
  readonly target: Target
  /** Whether the plan of the backward pass is asked for. */
  readonly plan: boolean
}

/** Checks the options of `agon explain`. Throws AGON_UNKNOWN_NAME for a method, AGON_BAD_OPTION for the rest, also for options of a method. */
export async function parseExplainOptions(agon: Agon, raw: RawExplainOptions): Promise<ExplainCommandOptions> {
  const run = await parseRunOptions(raw, agon.engineNames)
  const competition = await parseCompetition(raw)
  const chosen = chooseMethods(agon, raw.method, raw.option, { ...run, ...competition })
  if (run.precision !== 'fp32') assertCompetitive(run.precision, chosen)
  return {
    ...run,
    ...competition,
    methods: chosen,
    target: parseTarget(raw.target),
    plan: raw.plan === true
  }
}

/** Throws AGON_BAD_OPTION before anything runs; `explain` of the core would find out in the end. */
function assertCompetitive(precision: string, chosen: readonly ChosenMethod[]): void {
  const without = chosen.filter(({ competitive }) => !competitive).map(({ name }) => name)
  if (without.length === 0) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: '--precision',
    expected: `fp32, for methods in which no labels compete (${without.join(', ')})`,
    found: `'${precision}', whose effect is measured on the decisions of a competition`
  })
}
