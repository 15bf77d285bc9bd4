import { AgonError, methods, type Granularity, type Method, type MethodEntry, type Target, type Ties } from 'agon'
import { assertOnce, parseChoice } from './choices.js'
import { parseTarget } from './labels.js'
import { assertNoOwnOption, parseMethodOptions } from './method-options.js'
import { parseRunOptions, type RawRunOptions, type RunOptions } from './run-options.js'

export interface RawExplainOptions extends RawRunOptions {
  readonly method: string
  readonly target: string
  readonly ties: string
  readonly granularity: string
  readonly option?: readonly string[]
  readonly plan?: boolean
}

/** A method of the command line, with its options. */
export interface ChosenMethod {
  /** Its name in the registry. */
  readonly name: string
  readonly competitive: boolean
  readonly made: Method
}

export interface ExplainCommandOptions extends RunOptions {
  readonly methods: readonly ChosenMethod[]
  readonly target: Target
  readonly ties: Ties
  readonly granularity: Granularity
  /** Whether the plan of the backward pass is asked for. */
  readonly plan: boolean
}

/** What the options of a competition are made from. */
type Competition = Pick<ExplainCommandOptions, 'granularity' | 'ties' | 'channelAxis'>

/** Checks the options of `agon explain`. Throws AGON_UNKNOWN_NAME for a method, AGON_BAD_OPTION for the rest, also for options of a method. */
export async function parseExplainOptions(raw: RawExplainOptions): Promise<ExplainCommandOptions> {
  const run = await parseRunOptions(raw)
  const competition = {
    granularity: parseChoice('--granularity', raw.granularity, ['pixel', 'element']),
    ties: parseChoice('--ties', raw.ties, ['lose', 'keep'])
  } as const
  const chosen = parseMethods(raw, { ...run, ...competition })
  if (run.precision !== 'fp32') assertCompetitive(run.precision, chosen)
  return {
    ...run,
    ...competition,
    methods: chosen,
    target: parseTarget(raw.target),
    plan: raw.plan === true
  }
}

/** Every method is given all of `--option`; one that does not know a name refuses it. */
function parseMethods({ method, option }: RawExplainOptions, competition: Competition): readonly ChosenMethod[] {
  const names = method.split(',').map((name) => name.trim())
  assertOnce('--method', names)
  const given = parseMethodOptions(option)
  return names.map((name) => {
    const entry = methods.get(name)
    assertNoOwnOption(entry, given)
    return { name, competitive: entry.competitive, made: entry.create({ ...competing(entry, competition), ...given }) }
  })
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

/** Only competitive methods have a granularity. */
function competing({ competitive }: MethodEntry, { granularity, ties, channelAxis }: Competition): object {
  return competitive ? { granularity, ties, channelAxis } : {}
}
