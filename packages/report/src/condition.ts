import { AgonError } from '@agon/core'

export type Operator = '>' | '>=' | '<' | '<='

/** `method: measured operator threshold`, as written; what it names is looked up in a report only when it is evaluated. */
export interface Condition {
  readonly text: string
  readonly method: string
  /** `check figure`, or the name of a metric. */
  readonly measured: string
  readonly operator: Operator
  readonly threshold: number
  /** Name of a step or its number from 1. Absent: the one that the check's verdict is read off. */
  readonly step?: string
}

const grammar =
  "'METHOD: CHECK FIGURE > NUMBER' or 'METHOD: METRIC > NUMBER', with >, >=, < or <=, and 'at step NAME' or 'at step N' after it"
const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/**
 * Reads a condition for a gate: `cgi: cascading spearman > 0.3`, `cgi: infidelity <= 2`, `cgi: cascading ssim-gaussian(abs) > 0.2 at step conv4`.
 * The method ends at the last colon that is followed by a space. Throws AGON_BAD_OPTION, saying the grammar.
 */
export function parseCondition(text: string): Condition {
  const [, method, measured, operator, threshold, step] =
    /^\s*(.+):\s+([^<>]+?)\s*([<>]=?)\s*(\S+)(?:\s+at\s+step\s+(\S.*?))?\s*$/.exec(text) ?? []
  const wrong =
    method === undefined ? `'${text}'` : !number.test(threshold!) ? `'${threshold}' for a number` : undefined
  if (wrong !== undefined) {
    throw new AgonError('AGON_BAD_OPTION', { what: `condition '${text}'`, expected: grammar, found: wrong })
  }
  return {
    text: text.trim(),
    method: method!.trim(),
    measured: measured!.replace(/\s+/g, ' '),
    operator: operator as Operator,
    threshold: Number(threshold),
    ...(step !== undefined && { step })
  }
}
