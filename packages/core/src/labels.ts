import type { PerExample } from './engine.js'
import { AgonError } from './error.js'
import { knownNames } from './names.js'
import type { Random } from './random.js'
import { sizeOf, type Tensor } from './tensor.js'

/** The label to explain: the one with the largest logit, an index, a label's name, or one of these for each example. */
export type Target = 'top' | number | string | readonly (number | string)[]

/** Which labels compete: all of them (the paper's competition), or a subset (our extension; not exact for all labels). */
export type Contestants = 'all' | readonly (number | string)[] | { readonly top: number } | { readonly sample: number }

/** The explained label of every example, `[N]`. */
export function resolveTarget(target: Target, logits: Tensor, names: readonly string[] | undefined): number[] {
  const rows = rowsOf(logits)
  if (typeof target === 'object' && target.length !== rows.length) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'target',
      expected: `one label, or one for each of the ${rows.length} examples`,
      found: `${target.length} labels`
    })
  }
  return rows.map((row, n) => {
    const wanted = typeof target === 'object' ? target[n]! : target
    return wanted === 'top' ? ranked(row)[0]! : resolveLabel(wanted, row.length, names)
  })
}

/** The competing labels of every example, in ascending order, the explained one always among them. */
export function resolveContestants(
  contestants: Contestants,
  targets: readonly number[],
  logits: Tensor,
  names: readonly string[] | undefined,
  random: Random
): PerExample {
  return rowsOf(logits).map((row, n) => {
    const chosen = chooseContestants(contestants, row, names, random.fork('contestants', n))
    const withTarget = chosen.includes(targets[n]!) ? chosen : [targets[n]!, ...chosen.slice(0, limit(contestants))]
    return [...new Set(withTarget)].sort((a, b) => a - b)
  })
}

/** With `top` and `sample` the target takes one of the N places. */
function limit(contestants: Contestants): number | undefined {
  if (contestants === 'all' || Array.isArray(contestants)) return undefined
  return ('top' in contestants ? contestants.top : (contestants as { sample: number }).sample) - 1
}

function chooseContestants(
  contestants: Contestants,
  row: Float32Array,
  names: readonly string[] | undefined,
  random: Random
): number[] {
  if (contestants === 'all') return Array.from(row, (_, label) => label)
  if ('top' in contestants) return ranked(row).slice(0, assertCount(contestants.top, row.length))
  if ('sample' in contestants) {
    return random.permutation(row.length).slice(0, assertCount(contestants.sample, row.length))
  }
  return contestants.map((label) => resolveLabel(label, row.length, names))
}

function assertCount(count: number, labels: number): number {
  if (Number.isSafeInteger(count) && count >= 1 && count <= labels) return count
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'number of competing labels',
    expected: `1 to ${labels}`,
    found: String(count)
  })
}

/**
 * A label's index. A name matches a label's whole name or one of its comma-separated synonyms, whatever the case.
 * Throws AGON_UNKNOWN_NAME, also when several labels match.
 */
export function resolveLabel(label: number | string, count: number, names: readonly string[] | undefined): number {
  if (typeof label === 'number') {
    if (Number.isSafeInteger(label) && label >= 0 && label < count) return label
    throw new AgonError('AGON_UNKNOWN_NAME', { what: 'label', expected: `0 to ${count - 1}`, found: String(label) })
  }
  if (names === undefined) {
    throw new AgonError('AGON_UNKNOWN_NAME', {
      what: `label '${label}'`,
      expected: 'a model that carries label names',
      found: 'none',
      remedy: 'Name the label by its index, or give the model its labels.'
    })
  }
  const wanted = label.trim().toLowerCase()
  const whole = names.flatMap((name, index) => (name.toLowerCase() === wanted ? [index] : []))
  const matches = whole.length > 0 ? whole : names.flatMap((name, i) => (synonyms(name).includes(wanted) ? [i] : []))
  if (matches.length === 1) return matches[0]!
  if (matches.length === 0) {
    throw new AgonError('AGON_UNKNOWN_NAME', { what: `label '${label}'`, ...knownNames(label, names) })
  }
  throw new AgonError('AGON_UNKNOWN_NAME', {
    what: `label '${label}'`,
    expected: 'a name of one label',
    found: `labels ${matches.join(', ')}`,
    remedy: 'Name the label by its index.'
  })
}

function synonyms(name: string): string[] {
  return name
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
}

/** Logits of each example, flattened. */
export function rowsOf({ shape, data }: Tensor): Float32Array[] {
  const size = sizeOf(shape.slice(1))
  return Array.from({ length: shape[0]! }, (_, n) => data.subarray(n * size, (n + 1) * size))
}

/** Label indices by falling logit; the lower index first among equals. */
export function ranked(row: Float32Array): number[] {
  return Array.from(row, (_, label) => label).sort((a, b) => row[b]! - row[a]! || a - b)
}
