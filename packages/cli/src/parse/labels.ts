import { AgonError, type Contestants, type Target } from 'agon'
import { parseWhole } from './numbers.js'

const mostLabels = 2 ** 31 - 1

/** `top`, an index, or a label's name. */
export function parseTarget(text: string): Target {
  const [label] = parseLabelList('--target', text, false)
  return label!
}

/** `all`, `top:N`, `sample:N`, or labels by index or name, separated by commas. */
export function parseContestants(text: string): Contestants {
  if (text.trim() === 'all') return 'all'
  const [, kind, count] = /^(top|sample):(.*)$/.exec(text.trim()) ?? []
  if (kind === undefined) return parseLabelList('--labels', text, true)
  const number = parseWhole(`--labels ${kind}:N`, count!.trim(), 1, mostLabels)
  return kind === 'top' ? { top: number } : { sample: number }
}

/** Digits are an index; anything else is a name. */
function parseLabelList(option: string, text: string, several: boolean): (number | string)[] {
  const parts = (several ? text.split(',') : [text]).map((part) => part.trim())
  if (parts.includes('')) {
    throw new AgonError('AGON_BAD_OPTION', { what: option, expected: 'a label', found: `'${text}'` })
  }
  return parts.map((part) => (/^\d+$/.test(part) ? parseWhole(option, part, 0, mostLabels) : part))
}
