import { AgonError } from '@agon/core'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEngine, engineNotes, listEngines, tryLoadAddon, type EngineName } from '../src/index.js'

const status = (wanted: string) => listEngines().find(({ name }) => name === wanted)!
const [cuda, cpu] = [status('cuda'), status('cpu')]
/** The core for GPUs with the host in the place of one; built for tests. */
const host = join(dirname(tryLoadAddon().path ?? ''), 'agon_cuda_host.so')

describe('createEngine', () => {
  it('lists every engine in the order in which auto looks for one', () => {
    expect(listEngines().map(({ name }) => name)).toEqual(['cuda', 'cpu', 'reference'])
    if (!cuda.available) expect(cuda.about).toMatch(/^cuda: unavailable \(.+\)$/)
  })

  it.skipIf(cuda.available)('auto takes the native engine where it loads, and says what it skipped and why', () => {
    const { engine, report } = createEngine()
    expect(engine.name).toBe(cpu.available ? 'cpu' : 'reference')
    const skipped = cpu.available ? [] : [`cpu: ${cpu.about}`]
    expect(report).toEqual(expect.arrayContaining([cuda.about, ...cuda.attempts, ...skipped]))
    expect(engineNotes({ engine, report }).length).toBe(cpu.available ? 0 : 1)
  })

  it.skipIf(!existsSync(host))(
    'auto takes a GPU where there is one, but not for a fit (needs AGON_CUDA_HOST=1)',
    () => {
      const before = process.env.AGON_CUDA
      process.env.AGON_CUDA = host
      try {
        expect(createEngine().engine.name).toBe('cuda')
        expect(createEngine('auto', { learns: true })).toMatchObject({
          engine: { name: 'cpu' },
          report: ['cuda: fits no models']
        })
      } finally {
        if (before === undefined) delete process.env.AGON_CUDA
        else process.env.AGON_CUDA = before
      }
    }
  )

  it.skipIf(cuda.available)('says why there is no GPU for one who asks for it', () => {
    expect(() => createEngine('cuda')).toThrow(/^cuda: unavailable \(.+\)/)
  })

  it('never substitutes an engine that was named', () => {
    expect(createEngine('reference').engine.name).toBe('reference')
    if (cpu.available) expect(createEngine('cpu', { threads: 1 }).engine.name).toBe('cpu')
    else expect(() => createEngine('cpu')).toThrow(AgonError)
  })

  it('says which addon was looked for in vain, in place of one that would load', () => {
    const before = process.env.AGON_NATIVE
    process.env.AGON_NATIVE = '/nowhere/agon.node'
    try {
      const { engine, report } = createEngine('auto')
      expect(engine.name).toBe('reference')
      expect(report.join('\n')).toContain('AGON_NATIVE (/nowhere/agon.node): no such file')
      expect(() => createEngine('cpu')).toThrow('/nowhere/agon.node')
    } finally {
      if (before === undefined) delete process.env.AGON_NATIVE
      else process.env.AGON_NATIVE = before
    }
  })

  it('names the nearest engine', () => {
    expect(() => createEngine('refrence' as EngineName)).toThrow("Did you mean 'reference'?")
  })
})
