import { createRandom, sumAxis, tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { onCommonScale, saliencyMap, withScale } from '../src/index.js'

// Two channels of 1 x 2 pixels: (3, -4) and (-1, 0)
const attribution = tensor([1, 2, 1, 2], [3, -1, -4, 0])

describe('saliencyMap', () => {
  it.each([
    ['sum', [-1, -1], true],
    ['abs-sum', [7, 1], false],
    ['max-abs', [4, 1], false],
    ['l2', [5, 1], false]
  ] as const)('reduces channels by %s', (reduce, values, signed) => {
    const map = saliencyMap(attribution, 0, { reduce })
    expect(map).toMatchObject({ width: 2, height: 1, reduce, signed })
    expect([...map.values]).toEqual(values)
  })

  it('sums bit for bit as the contest does', () => {
    const random = createRandom(5)
    const noisy = tensor(
      [1, 3, 4, 4],
      Float32Array.from({ length: 48 }, () => random.normal())
    )
    expect(saliencyMap(noisy).values).toEqual(sumAxis(noisy, 1).data)
  })

  it('takes one example of a batch, also without a channel axis', () => {
    expect([...saliencyMap(tensor([2, 1, 1, 2], [1, 2, 3, 4]), 1).values]).toEqual([3, 4])
    expect([...saliencyMap(tensor([2, 1, 2], [1, 2, 3, 4]), 1).values]).toEqual([3, 4])
  })

  it('scales by a percentile of |values|, linear between ranks', () => {
    const ramp = tensor(
      [1, 1, 10, 10],
      Float32Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 1 : -1) * (at + 1))
    )
    expect(saliencyMap(ramp).scale).toBeCloseTo(99.01, 5)
    expect(saliencyMap(ramp, 0, { percentile: 50 }).scale).toBe(50.5)
    expect(saliencyMap(ramp, 0, { percentile: 100 }).scale).toBe(100)
    expect(saliencyMap(ramp).scaleFrom).toBe('99th percentile of |values| that are not 0')
    expect(saliencyMap(ramp, 0, { percentile: 99.5 }).scaleFrom).toContain('99.5th')
  })

  it('does not let the zeros of a competitive map decide the scale', () => {
    const sparse = new Float32Array(1000)
    sparse[7] = -0.5
    expect(saliencyMap({ shape: [1, 1, 20, 50], data: sparse }).scale).toBe(0.5)
  })

  it('has scale 0 where everything is 0', () => {
    expect(saliencyMap(tensor([1, 1, 2, 2], [0, 0, -0, 0])).scale).toBe(0)
  })

  it.each([
    [() => saliencyMap(tensor([1, 2], [1, 2])), 'AGON_BAD_INPUT', /expected a picture \[N,C,H,W\] or \[N,H,W\]/],
    [() => saliencyMap(attribution, 1), 'AGON_BAD_INPUT', /example: expected 0 to 0, found 1/],
    [() => saliencyMap(tensor([1, 1, 1, 1], [NaN])), 'AGON_NOT_FINITE', /attribution: .*NaN/],
    [() => saliencyMap(attribution, 0, { percentile: 0 }), 'AGON_BAD_OPTION', /percentile/],
    [() => saliencyMap(attribution, 0, { reduce: 'mean' as 'sum' }), 'AGON_BAD_OPTION', /one of sum, abs-sum/],
    [() => saliencyMap(attribution, 0, { redcue: 'sum' } as object), 'AGON_BAD_OPTION', /Did you mean 'reduce'/],
    [() => withScale(saliencyMap(attribution), NaN), 'AGON_BAD_OPTION', /scale of a map/]
  ])('refuses what does not fit (%#)', (call, code, message) => {
    expect(call).toThrow(message)
    expect(call).toThrow(expect.objectContaining({ code }))
  })
})

it('onCommonScale makes maps comparable', () => {
  const maps = [2, 8].map((value) => saliencyMap(tensor([1, 1, 1, 1], [value])))
  expect(onCommonScale(maps).map(({ scale }) => scale)).toEqual([8, 8])
  expect(onCommonScale(maps)[0]!.scaleFrom).toBe('largest scale of 2 maps')
})
