import type { Engine, PassOptions, PerExample, Session, Tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { countedFlops, machinePeak } from '../src/floor.js'

const input: Tensor = { shape: [1, 1], data: Float32Array.of(1) }
const waist = 20

type Planned = PassOptions & {
  onPlan?(plan: { layers: readonly { products: number; cotangents: number }[] }): void
}

/** A session whose first layer carries every label and whose second at most the units of a waist. */
function sessionOf(plans: boolean, ran: number[]): Session {
  const contest = async (_: Tensor, [labels]: PerExample, options: Planned) => {
    const count = labels!.length
    ran.push(count)
    const layers = [
      { products: 1e9, cotangents: count },
      { products: 3e9, cotangents: Math.min(count, waist) }
    ]
    if (plans) options.onPlan?.({ layers })
  }
  return { contest } as unknown as Session
}

describe('counted work', () => {
  it('is two operations for each product and label that is left', async () => {
    const ran: number[] = []
    expect(await countedFlops(sessionOf(true, ran), input, 1000, false)).toBeCloseTo(2 * 4 * 1000, 6)
    expect(ran).toEqual([16])
  })

  it('counts what a waist saves where all labels are run', async () => {
    const ran: number[] = []
    expect(await countedFlops(sessionOf(true, ran), input, 1000, true)).toBeCloseTo(2 * (1000 + 3 * waist), 6)
    expect(ran).toEqual([16, 1000])
  })

  it('is unknown for an engine that does not plan, and costs it only a few labels', async () => {
    const ran: number[] = []
    expect(await countedFlops(sessionOf(false, ran), input, 1000, true)).toBeUndefined()
    expect(ran).toEqual([16])
  })
})

describe('the peak of the machine', () => {
  it('is what the engine measured, or unknown', async () => {
    const engine: Engine = { name: 'x', load: async () => sessionOf(true, []) }
    expect(await machinePeak(engine)).toBeUndefined()
    expect(await machinePeak({ ...engine, peakGflops: async () => 80 } as Engine)).toBe(80)
  })
})
