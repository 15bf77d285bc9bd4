/** `all 10 labels competed`, or `3 of 10 labels competed, a subset`: every picture and table of a contest says it. */
export function competedText(count: number, of: number): string {
  return count === of ? `all ${of} labels competed` : `${count} of ${of} labels competed, a subset`
}
