import { describe, expect, it } from 'vitest'
import { style } from '../src/html/style.js'
import { madeUpReport } from './made-up.js'
import { pageOf, texts, type Element } from './page.js'

const { page, document } = pageOf(madeUpReport({ methods: 4, steps: 12 }))
const all = (selector: string): Element[] => [...document.querySelectorAll(selector)]

describe('a page for everybody', () => {
  it('is well formed: every element that is opened is closed, in order', () => {
    const open: string[] = []
    const empty = new Set(['meta', 'image', 'use', 'rect'])
    const markup = page.replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, '').replace('<!doctype html>', '')
    for (const [, close, name, self] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/gi)) {
      if (close) expect(open.pop()).toBe(name)
      else if (!self && !empty.has(name!)) open.push(name!)
    }
    expect(open).toEqual([])
  })

  it('has a language, a title, landmarks, a skip link that leads somewhere', () => {
    expect(document.documentElement.getAttribute('lang')).toBe('en')
    expect(document.title).not.toBe('')
    for (const landmark of ['header', 'nav', 'main', 'footer']) expect(all(landmark)).toHaveLength(1)
    expect(document.body.firstElementChild!.getAttribute('href')).toBe('#verdicts')
  })

  it('has ids once each, and every reference finds one', () => {
    const ids = all('[id]').map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const references = [
      ...all('[href^="#"]').map((each) => each.getAttribute('href')!.slice(1)),
      ...all('[aria-labelledby]').map((each) => each.getAttribute('aria-labelledby')!)
    ]
    expect(references.length).toBeGreaterThan(20)
    for (const id of references) expect(ids).toContain(id)
  })

  it('has one h1 and skips no level of headings', () => {
    const levels = all('h1, h2, h3, h4').map(({ tagName }) => Number(tagName[1]))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.forEach((level, k) => expect(level).toBeLessThanOrEqual((levels[k - 1] ?? 0) + 1))
  })

  it('has tables with captions, and scopes for their heads', () => {
    expect(all('table').length).toBeGreaterThan(5)
    for (const table of all('table')) {
      expect(table.querySelector('caption')?.textContent.trim()).toBeTruthy()
      for (const head of table.querySelectorAll('th')) expect(head.getAttribute('scope')).toMatch(/^(col|row)(group)?$/)
    }
  })

  it('has rows as wide as their heads', () => {
    for (const table of all('table')) {
      const widths = [...table.querySelectorAll('tr')].map((row) =>
        [...row.children].reduce((sum, cell) => sum + Number(cell.getAttribute('colspan') ?? 1), 0)
      )
      expect(new Set(widths).size, table.querySelector('caption')!.textContent).toBe(1)
    }
  })

  it('says every picture and chart in words, and hides the rest from readers', () => {
    for (const svg of all('svg')) {
      const label = svg.getAttribute('role') === 'img' && svg.getAttribute('aria-label')
      expect(label || svg.getAttribute('aria-hidden') === 'true' || svg.closest('[aria-hidden=true]')).toBeTruthy()
    }
  })

  it('lets everything that scrolls or answers be reached by keyboard, with a name', () => {
    for (const each of all('.scroll, .stage')) {
      expect(each.getAttribute('tabindex')).toBe('0')
      expect(each.getAttribute('aria-label')).toBeTruthy()
    }
    expect(style).toContain(':focus-visible')
    expect(style).not.toMatch(/outline:\s*(0|none)/)
  })

  it('tells outcomes and the best by words, not by colour only', () => {
    expect(texts(document, '.outcome').every((text) => /^[✓✗?](passes|fails|cannot tell)$/.test(text))).toBe(true)
    expect(style).toContain(`.best::after { content: ' best'`)
  })

  it('draws every method with colour, dashes and sign', () => {
    const samples = all('.key:first-of-type .sample')
    const looks = samples.slice(0, 9).map((sample) => {
      const [line] = sample.querySelectorAll('[aria-label="line"]')
      const sign = sample.querySelector('[aria-label="dot"] path, [aria-label="dot"] circle')
      return `${line!.getAttribute('stroke')} ${line!.getAttribute('stroke-dasharray')} ${sign!.outerHTML}`
    })
    expect(new Set(looks).size).toBe(9)
  })

  it('has a light and a dark value for every colour, follows the system, and prints light with details open', () => {
    const root = /:root \{([^}]*)\}/.exec(style)![1]!
    const colors = [...root.matchAll(/--([\w-]+): (light-dark\((#\w+), (#\w+)\)|#)/g)]
    expect(colors.length).toBeGreaterThanOrEqual(17)
    for (const [, , value, light, dark] of colors)
      expect([value, light !== dark]).toEqual([expect.stringMatching(/^light-dark/), true])
    const [screen, print] = style.split('@media print')
    expect(screen!.replace(root, '').match(/(?<!light-dark\([^)]*)#[0-9a-f]{3,6}\b/gi)).toEqual(['#fff', '#000'])
    expect(print).toContain('color-scheme: light !important')
    expect(print).toContain('details-content')
    expect(print).toContain('break-inside: avoid')
  })

  it('has contrast: text 4.5 to 1, lines of charts 3 to 1, in both schemes', () => {
    const colors = new Map(
      [...style.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [
        name!,
        [light!, dark!] as const
      ])
    )
    for (const [name, pair] of colors) {
      const least = name.startsWith('series') ? 3 : ['paper', 'panel', 'rule'].includes(name) ? 1 : 4.5
      pair.forEach((color, scheme) =>
        expect(contrast(color, colors.get('paper')![scheme]!), name).toBeGreaterThanOrEqual(least)
      )
    }
  })
})

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
