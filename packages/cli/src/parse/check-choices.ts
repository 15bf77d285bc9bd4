import { AgonError, checkDefaults, knownNames, type Agon } from 'agon'
import { assertOnce } from './choices.js'
import { makeMethod } from './choose-methods.js'
import { parseMethodOptions, type MethodOptions } from './method-options.js'
import type { RawCheckOptions } from './check-options.js'

/** Methods, checks and metrics by name, each with the options that are its own. Throws AGON_UNKNOWN_NAME, AGON_DUPLICATE_NAME, AGON_BAD_OPTION. */
export function chooseAll(agon: Agon, raw: RawCheckOptions, hasPermuted: boolean) {
  const defaults = [...checkDefaults.checks, ...(hasPermuted ? ['data-randomization'] : [])]
  const methods = names('--methods', raw.methods).map((name) => agon.method(name))
  const checks = raw.checks === undefined ? defaults : names('--checks', raw.checks)
  const metrics = raw.metrics.trim() === 'none' ? [] : names('--metrics', raw.metrics)
  const takers: Taker[] = [
    ...methods.map(({ name, create }) => ({ name, known: optionNames(create()) })),
    ...checks.map((name) => ({
      name,
      known: name === 'data-randomization' ? [] : optionNames(agon.checks.get(name).create())
    })),
    ...metrics.map((name) => ({ name, known: optionNames(agon.metrics.get(name).create()) }))
  ]
  const shares = shareOptions(takers, parseMethodOptions(raw.option))
  return {
    methods: methods.map((entry) => ({
      name: entry.name,
      competitive: entry.competitive,
      made: makeMethod(agon, entry, shares.get(entry.name)!)
    })),
    checks: checks.map((name) => ({ name, options: shares.get(name)! })),
    metrics: metrics.map((name) => ({ name, options: shares.get(name)! }))
  }
}

function optionNames({ options = {} }: { readonly options?: object }): readonly string[] {
  return Object.keys(options)
}

interface Taker {
  readonly name: string
  readonly known: readonly string[]
}

/** `owner.name=value` goes to its owner, `name=value` to all that know it. Throws AGON_BAD_OPTION for one that nobody knows. */
function shareOptions(takers: readonly Taker[], given: MethodOptions): ReadonlyMap<string, Record<string, unknown>> {
  const shares = new Map(takers.map(({ name }): [string, Record<string, unknown>] => [name, {}]))
  for (const [text, value] of Object.entries(given)) {
    const owner = takers.find(({ name }) => text.startsWith(`${name}.`))
    const option = owner ? text.slice(owner.name.length + 1) : text
    const knowing = owner ? [owner] : takers.filter(({ known }) => known.includes(option))
    if (knowing.length === 0) {
      const all = [...new Set(takers.flatMap(({ known }) => known))]
      throw new AgonError('AGON_BAD_OPTION', { what: `--option ${option}`, ...knownNames(option, all) })
    }
    for (const { name } of knowing) shares.get(name)![option] = value
  }
  return shares
}

function names(option: string, list: string): string[] {
  const found = list.split(',').map((name) => name.trim())
  assertOnce(option, found)
  return found
}
