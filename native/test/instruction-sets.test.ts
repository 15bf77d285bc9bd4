import { opCases } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.js'
import { cpuEngine } from './helpers.js'

const sets = ['baseline', 'avx2', 'avx512']
const best = sets.indexOf(cpuEngine().instructionSet)

describe('instruction sets that this machine has', () => {
  it.each(sets.slice(0, best + 1))('%s: every operator case agrees with the reference engine', async (set) => {
    const { stdout, stderr } = await runChild('children/op-cases', [], { AGON_ISA: set })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ instructionSet: set, cases: opCases.length, off: [] })
  })
})

describe('instruction sets that this machine lacks', () => {
  it.each([...sets.slice(best + 1), 'sse9'])('%s is refused by name', async (set) => {
    const { code, stdout, stderr } = await runChild('children/op-cases', [], { AGON_ISA: set })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('AGON_BAD_OPTION')
    expect(stderr).toContain(set)
  })
})
