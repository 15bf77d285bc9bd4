import { opCases } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.js'
import { cpuEngine, instructionSets } from './helpers.js'

const best = instructionSets.indexOf(cpuEngine().instructionSet)
const here = instructionSets.slice(0, best + 1)
const lacking = ['avx2', 'avx512', 'amx', 'neon', 'sse9'].filter((set) => !here.includes(set))

describe('instruction sets that this machine has', () => {
  it.each(here)('%s: every operator case agrees with the reference engine', async (set) => {
    const { stdout, stderr } = await runChild('children/op-cases', [], { AGON_ISA: set })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ instructionSet: set, cases: opCases.length, off: [] })
  })
})

describe('instruction sets that this machine lacks', () => {
  it.each(lacking)('%s is refused by name', async (set) => {
    const { code, stdout, stderr } = await runChild('children/op-cases', [], { AGON_ISA: set })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('AGON_BAD_OPTION')
    expect(stderr).toContain(set)
  })
})
