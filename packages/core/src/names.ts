/** The `expected`, `found` and `remedy` of an error about a name that is not among the known ones. */
export function knownNames(
  name: string,
  known: readonly string[]
): { expected: string; found: string; remedy?: string } {
  const near = nearest(name, known)
  return {
    expected: `one of ${known.length > 0 ? listed(known) : '(none)'}`,
    found: `'${name}'`,
    ...(near === undefined ? {} : { remedy: `Did you mean '${near}'?` })
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 40).join(', ')
  return names.length > 40 ? `${shown} and ${names.length - 40} more` : shown
}

/** The known name at the smallest edit distance, if it is near enough to be a misspelling. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < Math.min(bestDistance, name.length)) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
