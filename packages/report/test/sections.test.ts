import { describe, expect, it } from 'vitest'
import { formatNumber, formatShort } from '../src/format-number.js'
import type { Report, ScoreCell } from '../src/index.js'
import { masthead } from '../src/html/masthead.js'
import { metricsSection } from '../src/html/metrics-section.js'
import { verdictsSection } from '../src/html/verdicts-section.js'
import { madeUpReport } from './made-up.js'
import { partOf, pageOf, texts, type Document, type Element } from './page.js'

const report = madeUpReport({ methods: 4 })
const { document } = pageOf(report)
const section = (of: Document, id: string): Element => of.getElementById(id)!.parentElement!
/** Rows of the table with this caption, as texts of cells. */
function rows(of: Document, caption: RegExp): string[][] {
  const table = [...of.querySelectorAll('table')].find((each) =>
    caption.test(each.querySelector('caption')!.textContent)
  )!
  return [...table.querySelectorAll('tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent.replace(/\s+/g, ' ').trim())
  )
}

describe('verdicts', () => {
  it('say number, spread, threshold, outcome, controls, faithfulness and why', () => {
    const [head, first, ...rest] = rows(document, /^\s*cascading: passes if/)
    const [verdict] = report.verdicts
    expect(head).toEqual(['Method', 'Verdict', 'spearman(abs)', 'Values', 'Faithfulness', 'Because'])
    expect(first).toEqual([
      'cgi',
      '✓passes',
      `${formatNumber(verdict!.value)} ± ${formatNumber(verdict!.spread)}`,
      '6',
      'insertion 0.610 ± 0.040; random map 0.490',
      verdict!.because
    ])
    expect(rest.slice(3).map(([name]) => name)).toEqual([
      '5 controls',
      'thinned(cgi)',
      'thinned(competitive-lrp(epsilon))',
      'random-map',
      'input',
      'edge-detector'
    ])
    expect(rest.at(-1)![2]).toBe('1.000 ± 0.000')
    expect(texts(document, '#verdicts ~ .scroll caption, #verdicts ~ div caption').join()).toContain(
      'passes if the mean size of spearman(abs) at the last step is below 0.3'
    )
  })

  it('say so where there is no figure of faithfulness', () => {
    const verdicts = report.verdicts.map((verdict) => ({ ...verdict, faithfulness: undefined }))
    expect(rows(partOf(verdictsSection({ ...report, verdicts })), /^\s*cascading: passes if/)[1]![4]).toBe(
      'not measured'
    )
  })

  it('are those of methods: a control that has one is read as a figure', () => {
    const control = { ...report.verdicts[0]!, method: 'input', outcome: 'fails' as const }
    const verdicts = [...report.verdicts, control]
    const other = partOf(masthead({ ...report, verdicts }, []) + verdictsSection({ ...report, verdicts }))
    expect(texts(other, '.lead')).toEqual(texts(document, '.lead'))
    expect(texts(other, '.outcome')).toEqual(texts(document, '.outcome'))
  })
})

describe('checks', () => {
  it('have a chart for every figure, that of the criterion first, with its numbers', () => {
    const cascading = section(document, 'check-0')
    expect([...cascading.querySelectorAll('figcaption b')].map((each) => each.textContent)).toEqual([
      'spearman(abs)',
      'spearman',
      'ssim-gaussian(abs)'
    ])
    expect(cascading.querySelectorAll('svg.chart')).toHaveLength(3)
    const numbers = rows(document, /^\s*spearman of cascading: mean/)
    expect(numbers.map(([step]) => step)).toEqual([
      'Step',
      'features/conv4',
      'features/conv3',
      'features/conv2',
      'features/conv1'
    ])
    expect(numbers[0]!.slice(1)).toEqual(report.methods.map(({ name }) => name))
    for (const cell of numbers[4]!.slice(1)) expect(cell).toMatch(/^−?\d\.\d{3} ± \d\.\d{3}$/)
  })

  it('draw methods and controls on the same axes, each with a band and a point per step, from where a map is like itself', () => {
    const chart = section(document, 'check-0').querySelector('svg.chart')!
    const groups = (label: string): Element[] => [...chart.querySelectorAll(`[aria-label="${label}"]`)]
    expect([groups('area'), groups('line'), groups('dot')].map(({ length }) => length)).toEqual([9, 9, 9])
    for (const line of groups('line'))
      expect(line.querySelector('path')!.getAttribute('d')!.match(/[ML]/g)).toHaveLength(5)
    for (const dots of groups('dot')) expect(dots.children).toHaveLength(4)
    expect(chart.textContent).toContain('below 0.3 passes')
    expect(chart.textContent).toContain('unchanged')
    const starts = groups('line').map((line) => /^M[^L]*/.exec(line.querySelector('path')!.getAttribute('d')!)![0])
    expect(new Set(starts).size).toBe(1)
  })

  it('start at the first step where no value of a map and itself is known', () => {
    const similarities = report.similarities.map((measure) => ({ ...measure, same: undefined }))
    const chart = section(pageOf({ ...report, similarities }).document, 'check-0').querySelector('svg.chart')!
    expect(chart.textContent).not.toContain('unchanged')
    expect(chart.querySelector('[aria-label="line"] path')!.getAttribute('d')!.match(/[ML]/g)).toHaveLength(4)
  })

  it('of a single step have a row per method in place of curves, and all inputs in one figure', () => {
    const data = section(document, 'check-1')
    expect(data.querySelectorAll('svg.chart [aria-label="line"]')).toHaveLength(0)
    expect(data.querySelectorAll('svg.chart [aria-label="dot"]')).toHaveLength(27)
    expect(data.querySelectorAll('table.cascade')).toHaveLength(1)
    expect(data.textContent).toContain('.971 on its training labels')
  })

  it('show maps with rows of methods and controls and columns of steps, a block per input', () => {
    const [first, ...others] = [...section(document, 'check-0').querySelectorAll('table.cascade')]
    expect(others).toHaveLength(1)
    expect(texts(document, '#check-0 ~ .scroll table.cascade th[scope="row"]').slice(0, 9)).toEqual(
      report.methods.map(({ name }) => name)
    )
    expect([...first!.querySelectorAll('th[scope="col"]')].map((each) => each.textContent)).toEqual([
      'unchanged',
      'features/conv4',
      'features/conv3',
      'features/conv2',
      'features/conv1'
    ])
    expect(first!.querySelectorAll('td use')).toHaveLength(1 + 9 * 5)
  })
})

describe('metrics', () => {
  const scored = (values: Readonly<Record<string, readonly number[]>>): Report => {
    const scores = Object.entries(values).flatMap(([method, own]) =>
      own.map((value, k): ScoreCell => ({
        metric: 'infidelity',
        method,
        input: report.inputs[k]!.name,
        value,
        samples: 10
      }))
    )
    return { ...report, scores }
  }
  const best = (of: Report): string[] => texts(partOf(metricsSection(of)), 'tr:has(.best) th')

  it.each([
    [
      'a method that leads by more than the spread',
      { cgi: [1, 1.1], 'lrp(epsilon)': [3, 3], 'gradient-times-input': [2, 2.1], 'random-map': [4, 4] },
      ['cgi']
    ],
    ['nobody within the spread', { cgi: [1, 2], 'gradient-times-input': [1.5, 2.5], 'random-map': [4, 4] }, []],
    ['nobody that a control equals', { cgi: [1, 1.1], 'gradient-times-input': [2, 2], 'random-map': [1, 1.1] }, []],
    ['no control', { cgi: [2, 2.1], 'gradient-times-input': [3, 3], 'random-map': [1, 1] }, []],
    ['nobody alone', { cgi: [2, 2.1] }, []]
  ])('mark %s as the best', (_, values, expected) => {
    expect(best(scored(values))).toEqual(expected)
  })

  it('have arrows that are also words, values and spreads, samples and sources', () => {
    const [head, first] = rows(document, /Mean ± standard deviation over inputs/)
    expect(head).toEqual(['Method', 'infidelity ↓ lower is better', 'insertion ↑ higher is better'])
    expect(first![1]).toMatch(/^1\.\d{3} ± 0\.\d{3} \(2\)$/)
    expect(section(document, 'metrics').textContent).toMatch(/100 samples a score; perturbation square, samples 100\s*Yeh et al\. 2019/)
  })

  it('of a single input have the spread of its samples', () => {
    const [, first] = rows(partOf(metricsSection(madeUpReport({ inputs: 1 }))), /Mean ± standard deviation over inputs/)
    expect(first![1]).toMatch(/± 0\.200 \(1\)$/)
  })
})

describe('numbers', () => {
  it.each([
    [0, '0.000'],
    [-0.5, '−0.500'],
    [9.9994, '9.999'],
    [9.9996, '10.0'],
    [-123.44, '−123.4'],
    [0.0004, '4.00e−4'],
    [1234, '1.23e3'],
    [0.0005, '0.001'],
    [999.96, '1.00e3']
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('under pictures are rounded, and never minus nothing', () => {
    expect([0.996, -0.004, 0.126, -0.5].map(formatShort)).toEqual(['1.00', '0.00', '0.13', '−0.50'])
  })
})
