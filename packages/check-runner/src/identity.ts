import { AgonError } from '@agon/core'
import type { Facts } from './facts.js'

/** What must agree for lines of a journal to be results of a run: everything but the date and the command. */
export function identityOf({ run, model, inputs, methods, similarities, checks, metrics, turfs }: Facts) {
  const { versions, engine, seed, options } = run
  const described = (things: readonly { readonly name: string; readonly options?: unknown }[]) =>
    things.map(({ name, options: own }) => [name, own ?? {}])
  return {
    model: [model.sha256, model.preprocess ?? ''],
    inputs: inputs.map(({ name, sha256 }) => [name, sha256]),
    methods: described(methods),
    checks: checks.map(({ name, options: own, steps, draws }) => [name, own ?? {}, steps, draws]),
    metrics: described(metrics),
    similarities: similarities.map(({ name }) => name),
    seed,
    engine,
    options: { ...options, turfs },
    versions
  }
}

/** Throws AGON_BAD_OPTION where a journal is of another run, with what differs. */
export function assertSameRun(path: string, there: Facts, here: Facts): void {
  const [before, now] = [identityOf(there), identityOf(here)] as [Sections, Sections]
  const differing = Object.keys(now).filter((name) => canonical(before[name]) !== canonical(now[name]))
  if (differing.length === 0) return
  const told = (sections: Sections): string => differing.map((name) => `${name} ${shown(sections[name])}`).join('; ')
  throw new AgonError('AGON_BAD_OPTION', {
    what: `run in ${path}`,
    expected: `the run that was started there (${told(before)})`,
    found: `another one (${told(now)})`,
    remedy: 'Name another folder with --out, or start over there with --fresh.'
  })
}

type Sections = Readonly<Record<string, unknown>>

/** JSON with sorted keys: the same for values that are equal. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}

/** Short enough for a line: names where that is what differs, else the beginning. */
function shown(value: unknown): string {
  const text = canonical(value)
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
