import { opCases } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { errorsOf } from './against-reference.js'
import { cpuEngine } from './helpers.js'

describe('every operator case agrees with the reference engine, in values and derivatives, within the tolerance of the case (1e-5 of the largest value unless it says otherwise)', () => {
  it.each(opCases.map((opCase) => [opCase.name, opCase] as const))('%s', async (_, opCase) => {
    const { forward, vjp } = await errorsOf(cpuEngine(), opCase)
    expect(forward, 'forward').toBeLessThan(opCase.tolerance)
    expect(vjp, 'vjp').toBeLessThan(opCase.tolerance)
  })
})
