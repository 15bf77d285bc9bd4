import { describe, expect, it } from 'vitest'
import { selected, type Case, type Context } from '../src/case.js'
import { parseOptions, type Options } from '../src/options.js'
import { findPlaces } from '../src/places.js'
import type { BenchRecord } from '../src/records.js'
import { runCases, shortRun } from '../src/run-cases.js'

function contextOf(args: readonly string[], lines: string[] = []): Context {
  const places = findPlaces({}, '/nowhere', () => false)
  return { options: parseOptions(args) as Options, places, say: (line) => lines.push(line) }
}

const skip = (id: string): Case => ({ id, run: async () => ({ kind: 'skip', id, reason: 'torch is missing' }) })
const broken: Case = { id: 'broken', run: async () => Promise.reject(new Error('it broke')) }

describe('running cases', () => {
  it('records every outcome, says it, and counts failures', async () => {
    const [records, lines]: [BenchRecord[], string[]] = [[], []]
    const failures = await runCases([skip('a'), broken, skip('b')], contextOf([], lines), (record) =>
      records.push(record)
    )
    expect(failures).toBe(1)
    expect(records).toEqual([
      { kind: 'skip', id: 'a', reason: 'torch is missing' },
      { kind: 'failure', id: 'broken', message: 'it broke' },
      { kind: 'skip', id: 'b', reason: 'torch is missing' }
    ])
    expect(lines).toEqual([
      '[1/3] a: skipped: torch is missing',
      '[2/3] broken: FAILED: it broke',
      '[3/3] b: skipped: torch is missing'
    ])
  })

  it('begins nothing late in a short run, and everything in a full one', async () => {
    const late = async (args: readonly string[]) => {
      let clock = 0
      const records: BenchRecord[] = []
      const keep = (record: BenchRecord) => records.push(record)
      await runCases([skip('a'), skip('b')], contextOf(args), keep, () => (clock += shortRun * 0.75))
      return records.map((record) => (record.kind === 'skip' ? record.reason.split(' ')[0] : record.kind))
    }
    expect(await late([])).toEqual(['torch', 'a'])
    expect(await late(['--full'])).toEqual(['torch', 'torch'])
  })

  it('are chosen by parts of their names', () => {
    const cases = ['models/lenet', 'models/cifar', 'ops/Relu'].map(skip)
    const names = (...only: string[]) => selected(cases, only).map(({ id }) => id)
    expect(names()).toHaveLength(3)
    expect(names('models/')).toEqual(['models/lenet', 'models/cifar'])
    expect(names('lenet', 'Relu')).toEqual(['models/lenet', 'ops/Relu'])
    expect(names('nothing')).toEqual([])
  })
})
