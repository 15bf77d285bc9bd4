import { createRandom } from '@agon/core'
import { createHash } from 'node:crypto'
import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { masthead } from '../src/html/masthead.js'
import { script, scriptHash } from '../src/html/script.js'
import { style } from '../src/html/style.js'
import { parseReport } from '../src/index.js'
import { reportHtml } from '../src/html/report-html.js'
import { madeUpPictures, madeUpReport } from './made-up.js'
import { pageOf, partOf, texts } from './page.js'

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
    expect(texts(document, '.masthead').join()).not.toContain('torch_jit')
    expect(texts(document, 'details').join()).toMatch(/Graph\s*torch_jit/)
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
    expect(
      texts(partOf(masthead({ ...report, run: { ...report.run, unfinished } }, [])), '.masthead .warning li')
    ).toEqual(unfinished)
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

describe('pictures', () => {
  it('are shown with a word for each, and found', () => {
    const uses = [...document.querySelectorAll('.cascade td use')]
    expect(uses.length).toBeGreaterThan(90)
    for (const use of uses)
      expect(document.getElementById(use.getAttribute('href')!.slice(1))!.tagName.toLowerCase()).toBe('image')
    expect(document.querySelector('[aria-label="Map by cgi at features/conv3"]')).not.toBeNull()
  })
})

describe('the size of a page', () => {
  it('is below 9 MB for 26 steps of 6 methods and 5 controls on 4 inputs, even where no map can be compressed', () => {
    const side = 64
    const random = createRandom(3)
    const noise = Uint8Array.from({ length: 5e5 }, () => random.integer(256))
    let offset = 0
    const pictures = (): Uint8Array => {
      offset = (offset + 331) % (noise.length - side * side)
      return encode(
        { width: side, height: side, data: noise.subarray(offset, offset + side * side), channels: 1 },
        { zlib: { level: 0 } }
      )
    }
    const report = madeUpReport({ steps: 26, methods: 6, inputs: 4, draws: 1 })
    const { length } = reportHtml(report, { pictures })
    expect(report.cells.filter(({ check, picture }) => check === 'cascading' && picture)).toHaveLength(26 * 11 * 4)
    expect(length / 1e6).toBeLessThan(9)
  })
})

describe('escaping', () => {
  const evil = (k: number): string => `<script>alert(${k})</script>"'&<img src=x onerror=alert(2)>`

  it('lets no text of a report become markup, wherever it stands', () => {
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
      'Petsiuk',
      'At the last step',
      'Chihuahua',
      'initialiser',
      'cpu',
      'torch_jit'
    ]
    const text = names.reduce(
      (json, name, k) => json.replaceAll(name, JSON.stringify(evil(k)).slice(1, -1)),
      JSON.stringify(report)
    )
    const { document: other } = pageOf(parseReport(text))
    for (const selector of ['script', 'svg', 'table', 'h2']) {
      expect(other.querySelectorAll(selector)).toHaveLength(document.querySelectorAll(selector).length)
    }
    expect(other.querySelectorAll('img, [onerror]')).toHaveLength(0)
    names.forEach((_, k) => expect(other.body.textContent).toContain(`alert(${k})`))
    expect(other.title).toContain(evil(2))
  })
})
