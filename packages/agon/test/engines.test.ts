import { AgonError } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { createEngine, listEngines, type EngineName } from '../src/index.js'

const cpu = listEngines().find(({ name }) => name === 'cpu')!

describe('createEngine', () => {
  it('auto takes the native engine where it loads, else says what was tried', () => {
    const { engine, report } = createEngine()
    expect(engine.name).toBe(cpu.available ? 'cpu' : 'reference')
    if (cpu.available) expect(report).toEqual([])
    else expect(report).toEqual([`cpu: ${cpu.about}`, ...cpu.attempts])
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
