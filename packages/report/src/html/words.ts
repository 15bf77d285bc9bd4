import { html } from 'ghtml'
import { formatNumber } from '../format-number.js'
import type { Verdict } from '../report.js'
import type { Summary } from '../summary.js'

/** `3 methods`, `1 method`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}

/** A mean and its spread, as HTML. */
export function withSpread({ value, spread }: Pick<Summary, 'value' | 'spread'>): string {
  return html`${formatNumber(value)} <span class="spread">± ${formatNumber(spread)}</span>`
}

const marks = { passes: '✓', fails: '✗', 'cannot tell': '?' } as const

/** Told by word and sign, not by colour only. */
export function outcomeOf(outcome: Verdict['outcome']): string {
  return html`<span class="outcome ${outcome.replace(' ', '-')}"
    ><span class="mark" aria-hidden="true">${marks[outcome]}</span>${outcome}</span
  >`
}

/** Wide things scroll sideways on their own, also by keyboard. */
export function scrolling(label: string, content: string): string {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">!${content}</div>`
}

/** Terms with what is to be said of each, a line each; lines that are absent or empty are left out. */
export function terms(pairs: readonly (readonly [term: string, ...lines: (string | undefined)[]])[]): string {
  const lines = ([term, ...texts]: readonly [string, ...(string | undefined)[]]): string =>
    html`<dt>${term}</dt>
      !${texts.filter(Boolean).map((text) => html`<dd>${text}</dd>`)}`
  return html`<dl class="terms">!${pairs.map(lines)}</dl>`
}

/** Options as `a 1, b true`; those without a value as `c none`, nested ones as JSON. */
export function optionsText(options: object): string {
  return Object.entries(options)
    .map(([name, value]: [string, unknown]) => `${name} ${valueText(value)}`)
    .join(', ')
}

export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function valueText(value: unknown): string {
  if (value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
