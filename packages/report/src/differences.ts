import type { Report } from './report.js'

/** One fact that differs, as text; absent where that report has none. */
export interface Difference {
  /** `model: sha256`, `run: options.draws`, `check cascading: criterion.threshold`, ... */
  readonly what: string
  readonly before?: string
  readonly after?: string
}

/**
 * The facts by which two runs differ: model, engine, seed, versions, options, criteria, steps, files of inputs, what is unfinished. Of things that only one
 * report has nothing is said here. Date, wall time and command differ between any two runs and are no reasons.
 */
export function differences(before: Report, after: Report): Difference[] {
  return [
    ...compare('model', before.model, after.model),
    ...compare('run', runOf(before), runOf(after)),
    ...ofShared('input', before.inputs, after.inputs, ({ sha256, target }) => ({ sha256, target })),
    ...ofShared('method', before.methods, after.methods, ({ role, options }) => ({ role, options })),
    ...ofShared('check', before.checks, after.checks, ({ options, draws, criterion, steps }) => ({
      options,
      draws,
      criterion,
      steps: steps.map(({ name }) => name)
    })),
    ...ofShared('similarity', before.similarities, after.similarities, ({ formula, options }) => ({
      formula,
      options
    })),
    ...ofShared('metric', before.metrics, after.metrics, ({ formula, options }) => ({ formula, options }))
  ]
}

function runOf({ run }: Report): object {
  const { versions, engine, seed, options, unfinished } = run
  return { engine, seed, versions, options, unfinished }
}

function ofShared<T extends { readonly name: string }>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  facts: (item: T) => object
): Difference[] {
  return before.flatMap((item) => {
    const other = after.find(({ name }) => name === item.name)
    return other ? compare(`${kind} ${item.name}`, facts(item), facts(other)) : []
  })
}

function compare(owner: string, before: object, after: object): Difference[] {
  const facts = new Map(leaves(before))
  const others = new Map(leaves(after))
  return [...new Set([...facts.keys(), ...others.keys()])]
    .filter((path) => facts.get(path) !== others.get(path))
    .map((path) => {
      const [first, second] = [facts.get(path), others.get(path)]
      const values = { ...(first !== undefined && { before: first }), ...(second !== undefined && { after: second }) }
      return { what: `${owner}: ${path}`, ...values }
    })
}

/** Dotted path and text of everything in it that is no plain object; lists are one text. */
function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    const here = path === '' ? key : `${path}.${key}`
    if (inner === undefined) return []
    if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) return leaves(inner, here)
    return [[here, typeof inner === 'string' ? inner : JSON.stringify(inner)]]
  })
}
