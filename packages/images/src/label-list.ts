import { fieldError, type Fields, type Origin } from './check.js'

/**
 * Label names in the order of the logits, from any of the shapes found in practice:
 *
 *     ["tench", "goldfish"]                       position = logit
 *     [{ "i": 0, "name": "tench" }, ...]          `i` or `index` = logit where given, else the position
 *     { "0": "tench", "1": "goldfish" }           key = logit
 *     { "0": ["n01440764", "tench"], ... }        the last of a list is the name
 *
 * Every logit from 0 to K-1 must be named exactly once. Throws (the origin's code) naming the entry at fault.
 */
export function labelList(value: unknown, origin: Origin): readonly string[] {
  if (typeof value !== 'object' || value === null) throw fieldError(origin, '', 'a list or an object of names', value)
  const entries = Array.isArray(value) ? value.map(listEntry) : Object.entries(value).map(keyedEntry)
  if (entries.length === 0) throw fieldError(origin, '', 'at least one label', value)
  const names = new Array<string | undefined>(entries.length).fill(undefined)
  for (const { at, index, entry } of entries) {
    const name = nameOf(entry)
    if (name === undefined) throw fieldError(origin, at, 'a name, or an object with a `name`', entry)
    if (typeof index !== 'number' || !(index in names)) {
      throw fieldError(origin, at, `an index in 0 .. ${names.length - 1}`, index)
    }
    if (names[index] !== undefined) throw fieldError(origin, at, `index ${index} only once`, name)
    names[index] = name
  }
  return names as string[]
}

interface Entry {
  readonly at: string
  readonly index: unknown
  readonly entry: unknown
}

function listEntry(entry: unknown, position: number): Entry {
  const fields = (typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry : {}) as Fields
  return { at: `entry ${position}`, index: fields.i ?? fields.index ?? position, entry }
}

function keyedEntry([key, entry]: [string, unknown]): Entry {
  return { at: `key '${key.slice(0, 40)}'`, index: /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : key, entry }
}

function nameOf(entry: unknown): string | undefined {
  const named = Array.isArray(entry)
    ? (entry.at(-1) as unknown)
    : typeof entry === 'object' && entry !== null
      ? (entry as Fields).name
      : entry
  return typeof named === 'string' && named.trim() !== '' ? named.trim() : undefined
}
