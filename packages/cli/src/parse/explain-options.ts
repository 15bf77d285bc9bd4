import { methods, type Granularity, type MethodEntry, type Target, type Ties } from 'agon'
import { assertOnce, parseChoice } from './choices.js'
import { parseTarget } from './labels.js'
import { parseRunOptions, type RawRunOptions, type RunOptions } from './run-options.js'

export interface RawExplainOptions extends RawRunOptions {
  readonly method: string
  readonly target: string
  readonly ties: string
  readonly granularity: string
}

export interface ExplainCommandOptions extends RunOptions {
  readonly methods: readonly MethodEntry[]
  readonly target: Target
  readonly ties: Ties
  readonly granularity: Granularity
}

/** Checks the options of `agon explain`. Throws AGON_UNKNOWN_NAME for a method, AGON_BAD_OPTION for the rest. */
export async function parseExplainOptions(raw: RawExplainOptions): Promise<ExplainCommandOptions> {
  return {
    ...(await parseRunOptions(raw)),
    methods: parseMethods(raw.method),
    target: parseTarget(raw.target),
    granularity: parseChoice('--granularity', raw.granularity, ['pixel', 'element']),
    ties: parseChoice('--ties', raw.ties, ['lose', 'keep'])
  }
}

function parseMethods(text: string): readonly MethodEntry[] {
  const names = text.split(',').map((name) => name.trim())
  assertOnce('--method', names)
  return names.map((name) => methods.get(name))
}
