import { AgonError, assertChoice, resolveOptions } from '@agon/core'

/** Softplus in place of max(x, 0): log(1 + exp(beta x)) / beta. Its slope at the corner is 1/2, and it lies at most log(2) / beta above. */
export interface Softplus {
  readonly to: 'softplus'
  /** Sharpness, > 0, in 1 / units of x. */
  readonly beta: number
}

/** Log-sum-exp in place of the maximum: log(sum exp(t x)) / t, at most log(n) / t above it for windows of n elements. */
export interface LogSumExp {
  readonly to: 'log-sum-exp'
  /** t > 0, in 1 / units of x. */
  readonly temperature: number
  /** log(mean exp(t x)) / t, which lies at most log(n) / t below the maximum. Default false. */
  readonly mean?: boolean
}

export type SmoothChoice = Softplus | LogSumExp

/** The options by operator: which operators each goes for, and what they become. */
export const families = {
  relu: { ops: ['Relu'], to: 'softplus' },
  leakyRelu: { ops: ['LeakyRelu'], to: 'softplus' },
  pRelu: { ops: ['PRelu'], to: 'softplus' },
  clip: { ops: ['Clip'], to: 'softplus' },
  hardSigmoid: { ops: ['HardSigmoid'], to: 'softplus' },
  hardSwish: { ops: ['HardSwish'], to: 'softplus' },
  maxPool: { ops: ['MaxPool', 'GlobalMaxPool'], to: 'log-sum-exp' }
} as const

export type Family = keyof typeof families

/** Operators that can be smoothed. */
export const smoothableOperators: readonly string[] = Object.values(families).flatMap(({ ops }) => ops)

/** The option that an operator belongs to. */
export function familyOf(op: string): Family | undefined {
  return (Object.keys(families) as Family[]).find((family) => (families[family].ops as readonly string[]).includes(op))
}

const parts = {
  softplus: { to: 'softplus', beta: undefined as number | undefined },
  'log-sum-exp': { to: 'log-sum-exp', temperature: undefined as number | undefined, mean: false }
}

/** A choice with its defaults. Throws AGON_BAD_OPTION; `what` names the option or node that it is for. */
export function checkedChoice(what: string, given: SmoothChoice, to: SmoothChoice['to']): SmoothChoice {
  assertChoice(`${what}: 'to'`, String(given?.to), [to])
  const resolved = resolveOptions<object>(what, parts[to], given) as Softplus & LogSumExp
  needPositive(what, to === 'softplus' ? 'beta' : 'temperature', resolved)
  return resolved
}

function needPositive(what: string, name: 'beta' | 'temperature', choice: Softplus & LogSumExp): void {
  const value: unknown = choice[name]
  // float32 is what engines and files hold.
  if (typeof value === 'number' && value > 0 && Number.isFinite(Math.fround(value)) && Math.fround(value) > 0) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `${what}: '${name}'`,
    expected: 'a finite number > 0',
    found: String(value)
  })
}
