const open = '<!-- notes -->'
const close = '<!-- /notes -->'

/** The hand-written part of a page, with its markers; an empty one for a new page. Throws for a page whose markers are not one pair. */
export function notesOf(page: string | undefined): string {
  if (page === undefined) return `${open}\n${close}`
  const parts = page.split(open)
  const [inside, ...rest] = (parts[1] ?? '').split(close)
  if (parts.length !== 2 || rest.length !== 1) {
    throw new Error(
      `the page to be written has no single pair of ${open} and ${close}; what is between them is kept, so put them there`
    )
  }
  return `${open}${inside}${close}`
}
