/**
 * `all 10 labels competed`, `3 of 10 labels competed, a subset, an extension of Agon`, or `2 groups of 7 of 10 labels competed, an extension of
 * Agon`: every picture and table of a contest says it.
 */
export function competedText(count: number, of: number, groups?: number): string {
  if (groups !== undefined) return `${groups} groups of ${count} of ${of} labels competed, an extension of Agon`
  return count === of
    ? `all ${of} labels competed`
    : `${count} of ${of} labels competed, a subset, an extension of Agon`
}
