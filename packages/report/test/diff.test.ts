import { describe, expect, it } from 'vitest'
import { diffReports, diffText, type Cell, type Report } from '../src/index.js'
import { madeUpReport } from './made-up.js'

const report = madeUpReport()
const raised = (of: Report, by: number, which: (cell: Cell) => boolean): Report => ({
  ...of,
  cells: of.cells.map((cell) =>
    which(cell) ? { ...cell, figures: { ...cell.figures, spearman: cell.figures['spearman']! + by } } : cell
  )
})

describe('diffReports', () => {
  it('finds nothing between a report and itself at another time', () => {
    const again = { ...report, run: { ...report.run, date: '2027-01-01', seconds: 1, command: 'agon check elsewhere' } }
    const diff = diffReports(report, again)
    expect(diff).toEqual({ reasons: [], added: [], gone: [], verdicts: [], moved: [], compared: 48, paired: 0 })
    expect(diffText(diff)).toBe(
      'No difference: 48 curves and metrics compared, 0 by pairs of inputs and 48 by means.\n'
    )
  })

  it('finds a figure that moved by more than its spread, at the step where it moved most, and no other', () => {
    const other = raised(
      raised(report, 0.2, ({ check, method, step }) => check === 'cascading' && method === 'cgi' && step >= 3),
      0.1,
      ({ check, method, step }) => check === 'cascading' && method === 'cgi' && step === 3
    )
    const { moved, ...rest } = diffReports(report, other)
    expect(moved).toEqual([
      {
        method: 'cgi',
        measured: 'cascading',
        figure: 'spearman',
        step: 'features/conv2',
        steps: { moved: 2, of: 4 },
        before: expect.objectContaining({ samples: 6 }),
        after: expect.objectContaining({ samples: 6 })
      }
    ])
    expect(moved[0]!.after.value - moved[0]!.before.value).toBeCloseTo(0.3, 10)
    expect([rest.verdicts, rest.reasons, rest.added, rest.gone]).toEqual([[], [], [], []])
  })

  it('keeps quiet about what stays within its spread, and about rounding', () => {
    const cgi = ({ method }: Cell): boolean => method === 'cgi'
    const constant = ({ method }: Cell): boolean => method === 'input'
    expect(diffReports(report, raised(report, 0.004, cgi)).moved).toEqual([])
    expect(diffReports(report, raised(report, 1e-9, constant)).moved).toEqual([])
    expect(diffReports(report, raised(report, 1e-4, constant)).moved).toHaveLength(2)
  })

  it('finds metrics that moved', () => {
    const scores = report.scores.map((score) =>
      score.metric === 'infidelity' && score.method === 'cgi' ? { ...score, value: score.value + 5 } : score
    )
    const { moved } = diffReports(report, { ...report, scores })
    expect(moved).toMatchObject([{ method: 'cgi', measured: 'infidelity' }])
    expect(moved[0]).not.toHaveProperty('step')
  })

  it('finds verdicts that changed', () => {
    const verdicts = report.verdicts.map((verdict, k) =>
      k === 0 ? { ...verdict, outcome: 'fails' as const } : verdict
    )
    expect(diffReports(report, { ...report, verdicts }).verdicts).toMatchObject([
      { check: 'cascading', method: 'cgi', before: { outcome: 'passes' }, after: { outcome: 'fails' } }
    ])
  })

  it('finds what is only in one of them', () => {
    const larger = madeUpReport({ methods: 3, inputs: 3 })
    const kinds = (list: readonly { kind: string; name: string }[]): string[] =>
      list.map(({ kind, name }) => `${kind} ${name}`)
    const names = [
      'input bus.png',
      'method lrp(epsilon)',
      'verdict lrp(epsilon): cascading',
      'verdict lrp(epsilon): data-randomization'
    ]
    expect(kinds(diffReports(report, larger).added)).toEqual(names)
    expect(kinds(diffReports(larger, report).gone)).toEqual(names)
    const fewer = {
      ...report,
      checks: report.checks.slice(0, 1),
      metrics: report.metrics.slice(1),
      cells: report.cells.filter(({ check }) => check === 'cascading'),
      verdicts: report.verdicts.slice(0, 2)
    }
    expect(kinds(diffReports(report, fewer).gone)).toEqual([
      'check data-randomization',
      'metric infidelity',
      'verdict cgi: data-randomization',
      'verdict gradient-times-input: data-randomization'
    ])
  })

  it('says by what the runs differ', () => {
    const { run, model, inputs, checks } = report
    const other: Report = {
      ...report,
      run: {
        ...run,
        seed: 2,
        engine: 'reference',
        versions: { ...run.versions, agon: '0.2.0' },
        options: { draws: 3, target: 'fixed', extra: true }
      },
      model: { ...model, sha256: 'ff' },
      inputs: [{ ...inputs[0]!, sha256: 'ee' }, inputs[1]!],
      checks: [{ ...checks[0]!, criterion: { ...checks[0]!.criterion, threshold: 0.2 } }, checks[1]!]
    }
    expect(diffReports(report, other).reasons).toEqual([
      { what: 'model: sha256', before: model.sha256, after: 'ff' },
      { what: 'run: engine', before: 'cpu', after: 'reference' },
      { what: 'run: seed', before: '1', after: '2' },
      { what: 'run: versions.agon', before: '0.1.0', after: '0.2.0' },
      { what: 'run: options.normalisation', before: '["none","abs"]' },
      { what: 'run: options.extra', after: 'true' },
      { what: 'input dog.png: sha256', before: inputs[0]!.sha256, after: 'ee' },
      { what: 'check cascading: criterion.threshold', before: '0.3', after: '0.2' }
    ])
  })
})

describe('inputs that both have', () => {
  const three = madeUpReport({ inputs: 3 })
  const names = three.inputs.map(({ name }) => name)
  /** Scores .1, .5, .9 by insertion of cgi, each with something added. */
  const scored = (...added: number[]): Report => ({
    ...three,
    scores: three.scores.map((score) => {
      const n = names.indexOf(score.input)
      const isOne = score.metric === 'insertion' && score.method === 'cgi'
      return isOne ? { ...score, value: [0.1, 0.5, 0.9][n]! + added[n]! } : score
    })
  })

  it('are compared in pairs: by the mean difference and its standard error', () => {
    const diff = diffReports(scored(0, 0, 0), scored(0.02, 0.04, 0.03))
    expect(diff.paired).toBe(diff.compared)
    // d = .03, s = .01: .01 / sqrt(3), and t(2) = 4.3027 of it is .0248; the spread of the scores is .4.
    const found = { difference: 0.03, error: 0.005773502691896 }
    expect(diff.moved).toMatchObject([{ method: 'cgi', measured: 'insertion', paired: { inputs: 3 } }])
    expect(diff.moved[0]!.paired!.difference).toBeCloseTo(found.difference, 12)
    expect(diff.moved[0]!.paired!.error).toBeCloseTo(found.error, 12)
    expect(diff.moved[0]!.before.spread).toBeCloseTo(0.4, 12)
    expect(diffText(diff)).toMatch(/by pairs: 0\.030 ± 0\.006 over 3 inputs$/m)
    expect(diffReports(scored(0, 0, 0), scored(0.01, 0.05, 0.03)).moved).toEqual([]) // s = .02: .0497
  })

  it('are the same by their hashes, not by their names or order', () => {
    const other = scored(0.02, 0.04, 0.03)
    const text = JSON.stringify(other).replaceAll(JSON.stringify(names[0]), '"renamed.png"')
    const renamed = JSON.parse(text) as Report
    const turned = { ...renamed, inputs: renamed.inputs.toReversed(), scores: renamed.scores.toReversed() }
    expect(diffReports(scored(0, 0, 0), turned).moved).toMatchObject([{ paired: { inputs: 3 } }])
    const inputs = other.inputs.map((input, n) => (n === 1 ? { ...input, sha256: 'ff' } : input))
    const apart = diffReports(scored(0, 0, 0), { ...other, inputs })
    expect([apart.paired, apart.moved]).toEqual([0, []])
  })

  it('are paired in curves where the draws are the same, else not', () => {
    const cgi = ({ check, method }: Cell): boolean => check === 'cascading' && method === 'cgi'
    const higher = raised(three, 0.004, cgi)
    const { moved, paired, compared } = diffReports(three, higher)
    expect([paired, moved.length]).toEqual([compared, 1])
    expect(moved[0]).toMatchObject({ figure: 'spearman', steps: { moved: 4, of: 4 }, paired: { inputs: 3 } })
    expect(moved[0]!.paired!.difference).toBeCloseTo(0.004, 12)
    const again = diffReports(three, { ...higher, run: { ...three.run, seed: 9 } })
    expect([again.paired, again.moved]).toEqual([2 * three.methods.length, []])
  })
})

describe('diffText', () => {
  const other = raised(
    { ...madeUpReport({ methods: 3 }), model: { ...report.model, sha256: 'ff', name: 'a\u001b[31mb' } },
    0.4,
    ({ method, check }) => method === 'cgi' && check === 'cascading'
  )
  const verdicts = other.verdicts.map((verdict, k) => (k === 0 ? { ...verdict, outcome: 'fails' as const } : verdict))
  const text = diffText(diffReports(report, { ...other, verdicts }))

  it('has a heading for each kind of change and a last line that sums up', () => {
    expect(text.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'Verdicts that changed',
      'Numbers that moved by more than their uncertainty',
      'Only in the second',
      'By what the runs differ',
      expect.stringMatching(
        /^1 verdict changed; \d+ of 48 curves and metrics \(0 by pairs of inputs and 48 by means\) moved by more than the uncertainty\.$/
      )
    ])
    expect(text).toMatch(
      /^ {2}cgi {2}cascading {2}passes -> fails {2}spearman\(abs\) {2}0\.\d{3} ± 0\.\d{3} -> 0\.\d{3} ± 0\.\d{3}$/m
    )
    expect(text).toMatch(/by means +4 of 4 steps moved$/m)
  })

  it('aligns its columns and shortens hashes', () => {
    const [first, second] = text.split('Only in the second\n')[1]!.split('\n')
    expect([first, second]).toEqual(['  method   lrp(epsilon)', '  verdict  lrp(epsilon): cascading'])
    expect(text).toMatch(/model: sha256 +a3a3[a3]+… -> ff$/m)
    expect(text).not.toMatch(/ $/m)
  })

  it('passes no control character on to a terminal', () => {
    expect(text).toContain('a?[31mb')
    expect(text).not.toContain('\u001b')
  })
})
