import { describe, expect, it } from 'vitest'
import { compare, reached } from '../src/comparison.js'
import { floorShare } from '../src/floor.js'
import { digits, table, times } from '../src/markdown.js'
import { renderPage } from '../src/report.js'
import { summary } from '../src/summary.js'
import { attributionTable, modelTable, opTable } from '../src/tables.js'
import { attribution, model, op, pointOf, run, systemOf } from './records.js'

/** Rows of a Markdown table as objects by heading. */
function rowsOf(text: string): Record<string, string>[] {
  const cells = text.split('\n').map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim())
  )
  const [headings, , ...rows] = cells
  for (const row of rows) expect(row).toHaveLength(headings!.length)
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [headings![i]!, cell])))
}

describe('numbers', () => {
  it('have three digits and no exponent', () => {
    expect([0, 0.000012345, 0.0995, 1, 12.34, 123.4, 12345].map(digits)).toEqual([
      '0',
      '0.0000123',
      '0.0995',
      '1.00',
      '12.3',
      '123',
      '12300'
    ])
    expect(digits(undefined)).toBe('-')
    expect(times(4.126)).toBe('4.13x')
  })

  it('stay in their cells', () => {
    expect(table(['a', 'b'], [['x|y', 'p\nq']])).toBe('| a | b |\n|---|---|\n| x\\|y | p q |')
  })
})

describe('comparison', () => {
  it('takes the best peer by each measure', () => {
    const row = compare(model.systems, 1000, model.pair, model.peer_pair)!
    expect(row.core).toMatchObject({ estimated: true })
    expect(row.core.seconds).toBeCloseTo(11, 9)
    expect(row.peer!.system.name).toBe('torch a')
    expect(row.coreRatio).toBeCloseTo(50 / 11, 9)
    expect(row.wallRatio).toBeCloseTo(30 / (0.52 + 5), 9)
  })

  it('stands without a peer, and not without agon', () => {
    expect(compare(model.systems.slice(0, 1), 64, model.pair, model.peer_pair)).toEqual({
      n: 64,
      core: { seconds: 1.64, estimated: false },
      wall: { seconds: 0.84, estimated: false }
    })
    expect(compare([systemOf('agon', pointOf(1, 1)), model.systems[1]!], 1000, [1, 1], [10, 20])).toBeUndefined()
    expect(compare([], 1, [1, 2], [1, 2])).toBeUndefined()
  })

  it('judges goals', () => {
    expect([5, 4.9, 3, 2.99, undefined].map((ratio) => reached(ratio, { at_least: 3, aim: 5 }))).toEqual([
      'aim',
      'at least',
      'at least',
      'missed',
      undefined
    ])
  })

  it('tells the share of the floor only where both are known', () => {
    expect(floorShare(600, 100, 10)).toBeCloseTo(0.6, 12)
    expect(floorShare(undefined, 100, 10)).toBeUndefined()
    expect(floorShare(600, undefined, 10)).toBeUndefined()
  })
})

describe('tables', () => {
  it('have a row for each number of labels that was run and one for all', () => {
    const rows = rowsOf(modelTable([model]))
    expect(rows.map((row) => row['K'])).toEqual(['10', '1000'])
    expect(rows[0]).toMatchObject({
      'agon core s': '1.20',
      'best peer': 'torch a',
      'core ratio': '0.417x',
      reached: ''
    })
    expect(rows[1]).toMatchObject({
      model: 'net',
      'agon core s': '~11.0',
      'agon wall s': '~5.52',
      'ms/label': '10.0',
      'fixed ms': '1000',
      'best peer': 'torch a',
      'its core s': '~50.0',
      'its peak MB': '300',
      'core ratio': '4.55x',
      'at least': '3x',
      aim: '5x',
      reached: 'at least',
      'of the floor': '-',
      'of its work': '-'
    })
  })

  it('show the share of the floor, and of what was run, once they are counted', () => {
    const [few, all] = rowsOf(modelTable([{ ...model, skipping_gflop: 1650, counted_gflop: 550, peak_gflops: 100 }]))
    expect([few!['of the floor'], few!['of its work']]).toEqual(['', ''])
    expect([all!['of the floor'], all!['of its work']]).toEqual(['150 %', '50.0 %'])
  })

  it('compare attributions with every program and its best way', () => {
    const rows = rowsOf(attributionTable([attribution]))
    expect(rows.map((row) => [row['peer'], row['core ratio'], row['reached']])).toEqual([
      ['captum smooth-grad:10', '1.75x', 'at least'],
      ['tfjs wasm', '10.0x', '']
    ])
    const alone = { ...attribution, systems: attribution.systems.slice(0, 1) }
    expect(rowsOf(attributionTable([alone]))[0]).toMatchObject({ 'agon core s': '1.00', peer: '-', 'core ratio': '-' })
  })

  it('show microseconds of operators, and a dash for an engine that was not there', () => {
    const bare = { ...op, id: 'ops/x', case: 'x', engines: op.engines.slice(1) }
    expect(rowsOf(opTable([op, bare]))).toEqual([
      {
        case: 'Relu: smooth',
        'cpu core us': '15.0',
        'cpu wall us': '20.0',
        'reference core us': '300',
        'reference wall us': '300'
      },
      { case: 'x', 'cpu core us': '-', 'cpu wall us': '-', 'reference core us': '300', 'reference wall us': '300' }
    ])
  })
})

describe('the page', () => {
  const failure = {
    kind: 'failure',
    id: 'models/other',
    message: 'AGON_BAD_FILE: /secret/place/other.onnx: cut off'
  } as const
  const page = renderPage([run, model, attribution, op, failure], '<!-- notes -->kept<!-- /notes -->')

  it('says machine, versions, date and command', () => {
    for (const text of [
      '- processor: P, 2 cores',
      '- torch: 2',
      '- captum: 1',
      '- 2030-01-02: `npm run bench -- --threads 2`'
    ]) {
      expect(page).toContain(text)
    }
  })

  it('has what was left out with the reasons, without folders of a machine', () => {
    expect(page).toContain('- models/net: jax: a Python with jax is not installed (AGON_BENCH_JAX)')
    expect(page).toContain('- models/other failed: AGON_BAD_FILE: other.onnx: cut off')
    expect(page).not.toContain('/secret')
  })

  it('has no section for a suite that was not run', () => {
    const small = renderPage([run, op], '')
    expect(small).toContain('## Operators')
    expect(small).not.toContain('whole models')
    expect(small).not.toContain('SmoothGrad')
  })
})

describe('lines for the terminal', () => {
  it('say the outcome of every kind of case', () => {
    expect(summary(model)).toBe(
      'models/net: n = 1000: agon 11.0 core s, 5.52 wall s; torch a 50.0 core s; 4.55x by core, 5.43x by wall'
    )
    expect(summary({ ...model, systems: model.systems.slice(0, 1) })).toMatch(/; no peer$/)
    expect(summary({ ...model, systems: [] })).toBe('models/net: not enough was measured')
    expect(summary(attribution)).toContain('1.75x by core')
    expect(summary(op)).toBe('ops/Relu: smooth: cpu 15.0 core us, reference 300 core us')
    expect(summary({ kind: 'skip', id: 'a', reason: 'b' })).toBe('a: skipped: b')
    expect(summary({ kind: 'failure', id: 'a', message: 'b' })).toBe('a: FAILED: b')
    expect(summary(run)).toContain('P, 2 cores')
  })
})
