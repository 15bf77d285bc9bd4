import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { script, scriptHash } from '../src/html/script.js'
import { style } from '../src/html/style.js'
import { reportHtml } from '../src/html/report-html.js'
import { madeUpPictures, madeUpReport } from './made-up.js'
import { pageOf, texts } from './page.js'

const report = madeUpReport()
const { page, document } = pageOf(report)

describe('the page', () => {
  it('needs nothing else: no address but the namespace of SVG, nothing loaded, one script that its policy names', () => {
    expect(
      [...page.matchAll(/\b[a-z]+:\/\/[^\s"'<)]*/gi)]
        .map(([url]) => url)
        .filter((url) => !url.startsWith('http://www.w3.org/'))
    ).toEqual([])
    for (const attribute of ['src', 'href', 'srcset', 'data', 'action', 'poster']) {
      for (const each of document.querySelectorAll(`[${attribute}]`)) {
        expect(each.getAttribute(attribute)).toMatch(/^(#[\w-]+$|data:image\/png;base64,)/)
      }
    }
    expect(document.querySelectorAll('link, iframe, object, embed, base, form')).toHaveLength(0)
    expect(style).not.toMatch(/url\(|@import|@font-face/)
    const [run] = [...document.querySelectorAll('script:not([type])')].map(({ textContent }) => textContent)
    expect(run).toBe(script)
    expect(scriptHash).toBe(`sha256-${createHash('sha256').update(run!).digest('base64')}`)
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src '${scriptHash}'`)
    expect(texts(document, 'script:not([type])')).toHaveLength(1)
  })

  it('has every section, in the contents, too', () => {
    const titles = [
      'Inputs',
      'Verdicts',
      'Maps',
      'Check: cascading',
      'Check: data-randomization',
      'Metrics',
      'Turf',
      'What the figures are',
      'To make this run again'
    ]
    expect(texts(document, 'h2')).toEqual(titles)
    expect(texts(document, '.contents a')).toEqual(titles)
  })

  it('leaves out sections that have nothing to say', () => {
    const bare = { ...report, metrics: [], scores: [], turfs: [], maps: [], cells: [], checks: [], verdicts: [] }
    expect(texts(pageOf(bare).document, 'h2')).toEqual([
      'Inputs',
      'Verdicts',
      'What the figures are',
      'To make this run again'
    ])
  })

  it('says in its head what was found', () => {
    expect(texts(document, 'h1')).toEqual(['cgi and gradient-times-input on squeezenet1.1'])
    const [lead] = texts(document, '.lead')
    const count = (outcome: string): number => report.verdicts.filter((verdict) => verdict.outcome === outcome).length
    expect(lead).toContain('2 methods and 4 controls')
    expect(lead).toContain(
      `Of 4 verdicts ${count('passes')} passed, ${count('fails')} failed and ${count('cannot tell')} could not be told. cgi passes every check.`
    )
  })

  it('says what was left out', () => {
    const unfinished = ['Metric x of cgi: the time budget was spent.']
    expect(document.querySelector('.masthead .warning')).toBeNull()
    expect(texts(pageOf({ ...report, run: { ...report.run, unfinished } }).document, '.masthead .warning li')).toEqual(
      unfinished
    )
  })

  it('has everything to make the run again', () => {
    const text = document.querySelector('#reproduce')!.parentElement!.textContent
    const { run, model, inputs } = report
    for (const fact of [
      run.command!,
      run.date,
      run.engine,
      `${run.seed}`,
      model.sha256,
      model.preprocess!,
      ...inputs.map(({ sha256 }) => sha256),
      ...Object.values(run.versions),
      '"none","abs"',
      'initialiser own'
    ]) {
      expect(text).toContain(fact)
    }
  })

  it('refuses what is no PNG, and a report that contradicts itself', () => {
    expect(() => reportHtml(report, { pictures: () => new Uint8Array([1, 2, 3]) })).toThrow(
      /inputs\/0\.png: expected a PNG picture/
    )
    expect(() => reportHtml({ ...report, methods: [] }, { pictures: madeUpPictures() })).toThrow(/maps\.0\.method/)
  })
})

describe('escaping', () => {
  const evil = '<script>alert(1)</script>"\'&<img src=x onerror=alert(2)>'

  it('lets no text of a report become markup, wherever it stands', () => {
    const text = JSON.stringify(madeUpReport())
    const names = [
      'golden retriever',
      'dog.png',
      'gradient-times-input',
      'cascading',
      'infidelity',
      'spearman(abs)',
      'squeezenet1.1',
      'features/conv2',
      'Looks like an edge',
      'agon check',
      'permuted labels',
      'Petsiuk'
    ]
    for (const name of names) {
      const changed = JSON.parse(text.replaceAll(name, JSON.stringify(evil).slice(1, -1)))
      const { document: other } = pageOf(changed)
      expect(other.querySelectorAll('script')).toHaveLength(document.querySelectorAll('script').length)
      expect(other.querySelectorAll('img')).toHaveLength(0)
      expect(other.querySelectorAll('[onerror]')).toHaveLength(0)
      expect(other.body.textContent).toContain('alert(1)')
    }
  })
})
