import { opCase } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { errorsOf } from './against-reference.js'
import { cpuEngine } from './helpers.js'

/** Input [12, 10] as x [1, 4, 5, 6] by reshaping, and as parameters by slices of it. */
const cases = (['Conv', 'ConvTranspose'] as const).flatMap((op) =>
  [1, 2].map((groups) =>
    opCase(op, `weights and bias from the input, ${groups} groups`, [12, 10], (m) => {
      const x = m.add('Reshape', [m.input, m.integers([1, 4, 5, 6])])
      const slice = (count: number) =>
        m.add('Slice', [m.add('Flatten', [m.input]), m.integers([0]), m.integers([count]), m.integers([1])])
      const channels = [4, 4 / groups]
      const weights = m.add('Reshape', [slice(16 * (4 / groups)), m.integers([...channels, 2, 2])])
      const bias = m.add('Reshape', [slice(4), m.integers([4])])
      return m.add(op, [x, weights, bias], { kernel_shape: [2, 2], strides: [2, 1], pads: [1, 0, 0, 1], group: groups })
    })
  )
)

describe('convolutions whose parameters depend on the input', () => {
  it.each(cases.map((opCase) => [opCase.name, opCase] as const))('%s', async (_, opCase) => {
    const { forward, vjp } = await errorsOf(cpuEngine(), opCase)
    expect(forward).toBeLessThan(opCase.tolerance)
    expect(vjp).toBeLessThan(opCase.tolerance)
  })
})
