import { opCases } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.js'
import { cpuEngine } from './helpers.js'

const sets = ['baseline', 'avx2', 'avx512']

describe('instruction sets', () => {
  it.each(sets)('%s: every operator case agrees with the reference engine', async (set) => {
    const { code, stdout, stderr } = await runChild('op-cases', [], { AGON_ISA: set })
    const best = cpuEngine().instructionSet
    if (sets.indexOf(set) > sets.indexOf(best)) {
      // A machine that lacks the set refuses it by name.
      expect(code).not.toBe(0)
      expect(stderr).toContain('AGON_BAD_OPTION')
      return
    }
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ instructionSet: set, cases: opCases.length, off: [] })
  })

  it('an unknown one is refused, naming what is known', async () => {
    const { code, stderr } = await runChild('op-cases', [], { AGON_ISA: 'sse9' })
    expect(code).not.toBe(0)
    expect(stderr).toContain('AGON_BAD_OPTION')
    expect(stderr).toContain('sse9')
  })
})
