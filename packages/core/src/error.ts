/** Stable codes of every error that Agon throws. Codes are never renamed; the text of a message may be. */
export type AgonErrorCode =
  | 'AGON_BAD_INPUT' // a tensor, picture or argument that does not fit
  | 'AGON_BAD_OPTION' // an option that does not exist or has a wrong value
  | 'AGON_BAD_FILE' // a file that cannot be read or is malformed
  | 'AGON_BAD_MODEL' // a graph that contradicts itself
  | 'AGON_UNSUPPORTED_OPERATOR' // the graph holds operators that cannot be run here
  | 'AGON_UNKNOWN_NAME' // a name that no registry, model or label list knows
  | 'AGON_DUPLICATE_NAME' // a name given twice
  | 'AGON_NOT_FINITE' // NaN or infinity in an input, a weight or a result
  | 'AGON_SOFTMAX' // a competition over probabilities instead of logits
  | 'AGON_NO_ENGINE' // no engine could be made
  | 'AGON_UNAVAILABLE' // what an engine runs on is not there: no GPU, no driver, no library for it
  | 'AGON_NO_RULE' // a backward rule that does not exist or is not sound here
  | 'AGON_NOT_FITTED' // a fit that did not reach what it must
  | 'AGON_OUT_OF_BUDGET' // the byte budget is too small for even one label
  | 'AGON_BAD_PLUGIN' // a plugin that cannot be loaded, or does not do what its contract says
  | 'AGON_DISPOSED' // a session used after dispose()
  | 'AGON_INTERNAL' // a defect of Agon itself

/** What an error says: what was being looked at, what was expected, what was found, what to do. */
export interface AgonErrorDetails {
  readonly what: string
  readonly expected?: string
  readonly found?: string
  readonly remedy?: string
  readonly cause?: unknown
}

/** The one error class. `message` is a single line made from the details; `code` is stable. */
export class AgonError extends Error {
  override readonly name = 'AgonError'
  readonly code: AgonErrorCode
  readonly what: string
  readonly expected: string | undefined
  readonly found: string | undefined
  readonly remedy: string | undefined

  constructor(code: AgonErrorCode, details: AgonErrorDetails) {
    super(oneLine(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.what = details.what
    this.expected = details.expected
    this.found = details.found
    this.remedy = details.remedy
  }
}

function oneLine({ what, expected, found, remedy }: AgonErrorDetails): string {
  const facts = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ')
  const sentence = facts ? `${what}: ${facts}` : what
  return (remedy ? `${sentence}. ${remedy}` : sentence).replace(/[\s\p{Cc}]+/gu, ' ')
}
