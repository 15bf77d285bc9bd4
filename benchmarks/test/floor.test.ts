import type { PassOptions, PerExample, Plan, Session, Tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { countedFlops } from '../src/floor.js'

const waist = 20

/** A session whose first layer carries every label and whose second at most the units of a waist, if the channels are summed. */
function sessionOf(plans: boolean): Session {
  const contest = async (_: Tensor, [labels]: PerExample, options: PassOptions & { sumAxis?: number }) => {
    const count = labels!.length
    const below = options.sumAxis === 1 ? Math.min(count, waist) : count
    const layers = [
      { products: 1e9, cotangents: count },
      { products: 3e9, cotangents: below }
    ]
    if (plans) options.onPlan?.({ layers } as unknown as Plan)
  }
  return { contest } as unknown as Session
}

const picture: Tensor = { shape: [1, 1, 1, 1], data: Float32Array.of(1) }
const tokens: Tensor = { shape: [1, 1], data: Float32Array.of(1) }

describe('counted work', () => {
  it('is two operations for each product and label that is left', async () => {
    expect(await countedFlops(sessionOf(true), tokens, 1000)).toBeCloseTo(2 * 4 * 1000, 6)
  })

  it('is that of the contest of pixels for pictures, with what a waist saves', async () => {
    expect(await countedFlops(sessionOf(true), picture, 1000)).toBeCloseTo(2 * (1000 + 3 * waist), 6)
  })

  it('is unknown for an engine that does not plan', async () => {
    expect(await countedFlops(sessionOf(false), picture, 1000)).toBeUndefined()
  })
})
