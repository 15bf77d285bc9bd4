import { describe, expect, it } from 'vitest'
import { parseOptions, usage } from '../src/options.js'

describe('arguments of the benchmarks', () => {
  it('are all optional', () => {
    const options = parseOptions([])
    expect(options).toMatchObject({ full: false, only: [], append: false, write: false, list: false, help: false })
    expect(options).not.toHaveProperty('out')
    expect((options as { threads: number }).threads).toBeGreaterThanOrEqual(1)
  })

  it('are taken as given', () => {
    const args = [
      '--full',
      '--only',
      'lenet',
      '--only=ops/',
      '--threads',
      '3',
      '--out',
      'x.jsonl',
      '--append',
      '--write'
    ]
    expect(parseOptions(args)).toMatchObject({
      full: true,
      only: ['lenet', 'ops/'],
      threads: 3,
      out: 'x.jsonl',
      append: true,
      write: true
    })
  })

  it.each([
    [['--ful'], '--ful'],
    [['lenet'], 'lenet'],
    [['--threads', '0'], "not '0'"],
    [['--threads', '1.5'], "not '1.5'"],
    [['--threads', '2000'], "not '2000'"],
    [['--only', ''], '--only needs a text'],
    [['--out', ''], '--out needs a file'],
    [['--out'], '--out']
  ])('refuse %j in one line', (args, said) => {
    const options = parseOptions(args)
    expect(options).toHaveProperty('wrong')
    expect((options as { wrong: string }).wrong).toContain(said)
  })

  it('are all in the usage', () => {
    for (const name of ['full', 'only', 'threads', 'list', 'out', 'append', 'write', 'help']) {
      expect(usage).toContain(`--${name}`)
    }
  })
})
