import { describe, expect, it } from 'vitest'
import { evaluateConditions, parseCondition, type Report } from '../src/index.js'
import { madeUpReport } from './made-up.js'

const report = madeUpReport()
const evaluate = (text: string, of: Report = report) => evaluateConditions(of, [parseCondition(text)])[0]!

describe('parseCondition', () => {
  it.each([
    ['cgi: cascading spearman > 0.3', 'cgi', 'cascading spearman', '>', 0.3, undefined],
    [
      '  lrp(rule: z): cascading ssim-gaussian(abs)<=-1e-2 at step conv 4 ',
      'lrp(rule: z)',
      'cascading ssim-gaussian(abs)',
      '<=',
      -0.01,
      'conv 4'
    ],
    ['cgi: infidelity >=.5', 'cgi', 'infidelity', '>=', 0.5, undefined],
    ['a:b: random-logit  cosine < 3 at step 2', 'a:b', 'random-logit cosine', '<', 3, '2']
  ])('%s', (text, method, measured, operator, threshold, step) => {
    expect(parseCondition(text)).toEqual({
      text: text.trim(),
      method,
      measured,
      operator,
      threshold,
      ...(step && { step })
    })
  })

  it.each([
    '',
    'cgi',
    'cgi cascading spearman > 0.3',
    'cgi: > 1',
    'cgi: cascading spearman = 0.3',
    'cgi: cascading spearman > x',
    'cgi: x > 1 at',
    'cgi: x > 1 2',
    'cgi: x > 0x10',
    'cgi: x > Infinity',
    'cgi: x > NaN',
    'cgi: x >> 1'
  ])('refuses %j, saying the grammar', (text) => {
    expect(() => parseCondition(text)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
    expect(() => parseCondition(text)).toThrow(/METHOD: CHECK FIGURE > NUMBER/)
  })
})

describe('evaluateConditions', () => {
  const values = report.cells
    .filter(({ check, method, step }) => check === 'cascading' && method === 'cgi' && step === 4)
    .map(({ figures }) => figures['spearman']!)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length

  it('takes the mean over inputs and draws of the last step', () => {
    const { value, spread, samples, holds, sentence } = evaluate('cgi: cascading spearman > 0.3')
    expect([value, samples, holds]).toEqual([expect.closeTo(mean, 12), 6, false])
    expect(spread).toBeCloseTo(Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 5), 12)
    expect(sentence).toMatch(
      /^cgi: spearman of cascading at step 4 of 4 \(features\/conv1\) is 0\.\d+ ± 0\.\d+ \(6 values\), which is not > 0\.3$/
    )
  })

  it('takes the first step of a check that decides there', () => {
    const [cascading, ...others] = report.checks
    const first = { ...cascading!, criterion: { ...cascading!.criterion, step: 'first' as const } }
    const { sentence } = evaluate('cgi: cascading spearman > 0.3', { ...report, checks: [first, ...others] })
    expect(sentence).toContain('at step 1 of 4 (features/conv4)')
  })

  it.each([
    ['input: cascading spearman(abs) >= 1', true],
    ['input: cascading spearman(abs) > 1', false],
    ['input: cascading spearman(abs) <= 1', true],
    ['input: cascading spearman(abs) < 1', false],
    ['gradient-times-input: cascading spearman(abs) > 0.5', true],
    ['cgi: cascading spearman(abs) > 0.3 at step 1', true],
    ['cgi: cascading spearman(abs) > 0.3 at step features/conv4', true],
    ['cgi: data-randomization spearman(abs) > 0.3', false],
    ['cgi: infidelity < 1.2', true],
    ['cgi: insertion < 0', false]
  ])('%s: %s', (text, holds) => {
    expect(evaluate(text).holds).toBe(holds)
  })

  it.each([
    ['cgl: cascading spearman > 0', /method 'cgl'.*one of cgi, gradient-times-input.*Did you mean 'cgi'\?/],
    [
      'cgi: cascadin spearman > 0',
      /check 'cascadin'.*one of cascading, data-randomization.*Did you mean 'cascading'\?/
    ],
    ['cgi: cascading spearmen > 0', /figure of cascading 'spearmen'.*spearman\(abs\).*Did you mean 'spearman'\?/],
    ['cgi: infidelty > 0', /metric 'infidelty'.*one of infidelity, insertion.*Did you mean 'infidelity'\?/],
    ['cgi: cascading spearman > 0 at step features/conv9', /step of cascading 'features\/conv9'.*1 \.\. 4/],
    ['cgi: cascading spearman > 0 at step 5', /step of cascading '5'/],
    ['cgi: cascading spearman > 0 at step 0', /step of cascading '0'/]
  ])('%s: names what is known', (text, message) => {
    expect(() => evaluate(text)).toThrow(expect.objectContaining({ code: 'AGON_UNKNOWN_NAME' }))
    expect(() => evaluate(text)).toThrow(message)
  })

  it('says when the figure is missing, or a metric is given a step', () => {
    expect(() => evaluate('cgi: cascading > 0')).toThrow(/Name a figure, too: 'cgi: cascading spearman\(abs\) > 0'/)
    expect(() => evaluate('cgi: infidelity > 0 at step 1')).toThrow(/a metric has no steps/)
  })

  it('is an error, never a pass, where any input or draw is missing', () => {
    const gap = report.cells.findIndex(({ method, step, draw }) => method === 'cgi' && step === 4 && draw === 2)
    const fewer = { ...report, cells: report.cells.toSpliced(gap, 1) }
    expect(() => evaluate('cgi: cascading spearman > 2', fewer)).toThrow(
      /expected 6 values, one per input and draw, found 5/
    )
    expect(evaluate('cgi: cascading spearman > 2 at step 3', fewer).holds).toBe(false)
    const none = { ...report, cells: report.cells.filter(({ method }) => method !== 'cgi') }
    expect(() => evaluate('cgi: cascading spearman > 2', none)).toThrow(/found 0/)
    const unscored = { ...report, scores: report.scores.filter(({ input }) => input !== 'dog.png') }
    expect(() => evaluate('cgi: infidelity > 99', unscored)).toThrow(/expected 2 values.*found 1/)
    const empty = { ...report, inputs: [], cells: [], scores: [] }
    expect(() => evaluate('cgi: infidelity > 99', empty)).toThrow(/found 0/)
  })

  it('lets two records of one draw stand for no other', () => {
    const [first] = report.cells.filter(({ method, step }) => method === 'cgi' && step === 4)
    const twice = report.cells.map((cell) =>
      cell.method === 'cgi' && cell.step === 4 && cell.draw === 1 ? first! : cell
    )
    expect(() => evaluate('cgi: cascading spearman > 2', { ...report, cells: twice })).toThrow(/found 4/)
  })
})
