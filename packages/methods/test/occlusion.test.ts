import { explain, tensor } from '@agon/core'
import { occlusion, type OcclusionOptions } from '@agon/methods'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './nets.js'

/** The map of the product of the sums of two channels, so that what a window hides depends on what else it hides. */
async function mapOf(shape: number[], values: number[], options: Partial<OcclusionOptions>): Promise<number[]> {
  const model = modelOf('sum of squares', shape, (b) => {
    const flat = b.add('Flatten', [b.input])
    const sum = b.add('Gemm', [flat, b.floats([values.length, 1], new Array<number>(values.length).fill(1))])
    return b.add('Mul', [sum, sum])
  })
  const { attribution } = await explain(await engine.load(model), tensor([1, ...shape], values), occlusion(options))
  return [...attribution.data]
}

describe('occlusion by hand', () => {
  // f = (x1 + ... + x5)^2 = 225.
  const row = [1, 2, 3, 4, 5]
  const lost = (hidden: number): number => 225 - (15 - hidden) ** 2

  it('of a row, an element at a time', async () => {
    expect(await mapOf([5], row, {})).toEqual(row.map(lost))
  })

  it('takes the mean of overlapping windows; the last one may reach over the border', async () => {
    const [a, b] = [lost(1 + 2 + 3), lost(3 + 4 + 5)]
    expect(await mapOf([5], row, { window: 3, stride: 2 })).toEqual([a, a, (a + b) / 2, b, b])
    const [c, d, e] = [lost(1 + 2), lost(3 + 4), lost(5)]
    expect(await mapOf([5], row, { window: 2, stride: 2 })).toEqual([c, c, d, d, e])
  })

  it('strides by half of the window by default', async () => {
    expect(await mapOf([5], row, { window: 3 })).toEqual(await mapOf([5], row, { window: 3, stride: 2 }))
  })

  it('hides all channels of a picture, and shows the baseline there', async () => {
    // 2 channels of 1 x 3: f = (sum)^2, sum = 21.
    const values = [1, 2, 3, 4, 5, 6]
    const without = (kept: number): number => 441 - kept ** 2
    const each = [without(21 - 5), without(21 - 7), without(21 - 9)]
    expect(await mapOf([2, 1, 3], values, { window: 1 })).toEqual([...each, ...each])
    const shown = [without(21 - 5 + 2), without(21 - 7 + 2), without(21 - 9 + 2)]
    expect(await mapOf([2, 1, 3], values, { window: 1, baseline: 1 })).toEqual([...shown, ...shown])
  })

  it('has a window of its own height and width', async () => {
    const values = [1, 2, 3, 4, 5, 6]
    const without = (hidden: number): number => 441 - (21 - hidden) ** 2
    expect(await mapOf([1, 2, 3], values, { window: [2, 1], stride: [1, 1] })).toEqual([5, 7, 9, 5, 7, 9].map(without))
    expect(await mapOf([2, 3], values, { window: [1, 3], stride: 1 })).toEqual([6, 6, 6, 15, 15, 15].map(without))
  })

  it.each([
    [[5], { window: 6 }, /'window' of occlusion: expected at most \[1, 5\], the input's own extents, found \[1, 6\]/],
    [[1, 5, 1], { window: [2, 2] }, /expected at most \[5, 1\].*found \[2, 2\]/],
    [[5], { window: 2, stride: 3 }, /'stride' of occlusion: expected at most the window \[1, 2\].*found \[1, 3\]/]
  ] as const)('on %j refuses %j', async (shape, options, message) => {
    const run = mapOf([...shape], row, options)
    await expect(run).rejects.toThrow(message)
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
  })

  it.each([[{ window: 0 }], [{ stride: 1.5 }], [{ window: [1, 2, 3] }], [{ window: 'large' }], [{ stride: [0, 1] }]])(
    'refuses %j',
    (options) => {
      expect(() => occlusion(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
    }
  )
})
