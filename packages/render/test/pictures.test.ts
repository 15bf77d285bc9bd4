import { tensor } from '@agon/core'
import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import {
  asRgba,
  colorAt,
  createRgba,
  diverging,
  encodePng,
  heatmap,
  overlay,
  saliencyMap,
  sequential,
  upscale,
  withScale,
  type Rgba
} from '../src/index.js'

const map = (...values: number[]) => saliencyMap(tensor([1, 1, 1, values.length], values))
const pixel = ({ data }: Rgba, p: number) => [...data.subarray(p * 4, p * 4 + 4)]
const neutral = [...colorAt(diverging, 0), 255]

describe('heatmap', () => {
  it('paints a signed map from end to end', () => {
    const picture = heatmap(withScale(map(-2, -1, 0, 1, 2), 2))
    ;[-1, -0.5, 0, 0.5, 1].forEach((t, p) => expect(pixel(picture, p)).toEqual([...colorAt(diverging, t), 255]))
  })

  it('saturates beyond the scale', () => {
    const picture = heatmap(withScale(map(-9, 9), 1))
    expect([pixel(picture, 0), pixel(picture, 1)]).toEqual([
      [...diverging.colors[0]!, 255],
      [...diverging.colors[256]!, 255]
    ])
  })

  it('paints magnitudes by the sequential map, also those of a signed map when asked', () => {
    const magnitude = saliencyMap(tensor([1, 1, 1, 2], [-1, 0]), 0, { reduce: 'abs-sum' })
    const expected = [...sequential.colors[255]!, 255, ...sequential.colors[0]!, 255]
    expect([...heatmap(magnitude).data]).toEqual(expected)
    expect([...heatmap(map(-1, 0), { colors: 'sequential' }).data]).toEqual(expected)
  })

  it('is neutral where the map is 0 everywhere', () => {
    for (const values of [[0], [0, 0, 0], [-0, 0]]) {
      const picture = heatmap(map(...values))
      values.forEach((_, p) => expect(pixel(picture, p)).toEqual(neutral))
    }
  })

  it('gives a constant map the end of its sign', () => {
    expect(pixel(heatmap(map(3, 3)), 1)).toEqual([...diverging.colors[256]!, 255])
    expect(pixel(heatmap(map(-1e-38, -1e-38)), 0)).toEqual([...diverging.colors[0]!, 255])
  })

  it('names a misspelled option', () => {
    expect(() => heatmap(map(1), { colors: 'viridis' as 'auto' })).toThrow(/one of auto, diverging, sequential/)
  })
})

describe('overlay', () => {
  const photo = { width: 2, height: 1, rgb: Uint8Array.of(100, 100, 100, 200, 0, 0) }

  it('leaves the photograph where the map is 0', () => {
    expect([...overlay(photo, map(0, 0), { gray: false }).data]).toEqual([100, 100, 100, 255, 200, 0, 0, 255])
    // pale grey: 255 / 2 + luma / 2, luma of (200, 0, 0) = 59.8
    expect([...overlay(photo, map(0, 0)).data]).toEqual([178, 178, 178, 255, 157, 157, 157, 255])
  })

  it('mixes by alpha sqrt(|value| / scale)', () => {
    const picture = overlay(photo, withScale(map(1, 0.25), 1), { gray: false, alpha: 0.8 })
    const mixed = (below: number[], t: number, alpha: number) =>
      colorAt(diverging, t).map((value, c) => value * alpha + below[c]! * (1 - alpha))
    mixed([100, 100, 100], 1, 0.8).forEach((value, c) => expect(pixel(picture, 0)[c]).toBeCloseTo(value, -0.5))
    mixed([200, 0, 0], 0.25, 0.4).forEach((value, c) => expect(pixel(picture, 1)[c]).toBeCloseTo(value, -0.5))
  })

  it('shows the map alone at alpha 1 and stretches a small one', () => {
    const picture = overlay({ width: 4, height: 2, rgb: new Uint8Array(24) }, map(1, -1), { alpha: 1 })
    const [minus, plus] = [diverging.colors[0]!, diverging.colors[256]!]
    const row = [...plus, 255, ...plus, 255, ...minus, 255, ...minus, 255]
    expect([...picture.data]).toEqual([...row, ...row])
  })

  it('refuses a picture without all its bytes, and an alpha of 2', () => {
    expect(() => overlay({ ...photo, width: 3 }, map(1))).toThrow('expected 9 bytes, found 6')
    expect(() => overlay(photo, map(1), { alpha: 2 })).toThrow('alpha: expected a number in 0 .. 1, found 2')
  })
})

describe('upscale', () => {
  const two = { width: 2, height: 1, data: Uint8ClampedArray.of(1, 2, 3, 4, 5, 6, 7, 8) }
  const [a, b] = [
    [1, 2, 3, 4],
    [5, 6, 7, 8]
  ]

  it('repeats pixels', () => {
    expect(upscale(two, 2)).toEqual({
      width: 4,
      height: 2,
      data: Uint8ClampedArray.from([a, a, b, b, a, a, b, b].flat() as number[])
    })
    expect([...upscale(two, { width: 3, height: 1 }).data]).toEqual([...a!, ...b!, ...b!])
    expect([...upscale(two, { width: 1, height: 1 }).data]).toEqual(b)
  })

  it('works on bytes that are not aligned', () => {
    const data = new Uint8ClampedArray(9).subarray(1)
    data.set(two.data)
    expect(upscale({ ...two, data }, 1).data).toEqual(two.data)
  })

  it.each([0, 1.5, NaN, 1e6])('refuses factor %d', (factor) => {
    expect(() => upscale(two, factor)).toThrow(/size of a picture: expected whole sides/)
  })
})

describe('encodePng', () => {
  it.each([
    [1, 1],
    [3, 5],
    [640, 7]
  ])('a picture of %i x %i comes back equal', (width, height) => {
    const picture = createRgba(width, height)
    picture.data.forEach((_, at) => (picture.data[at] = (at * 2654435761) >>> 24))
    const { data, ...rest } = decode(encodePng(picture), { checkCrc: true })
    expect(rest).toMatchObject({ width, height, depth: 8, channels: 4 })
    expect([...data]).toEqual([...picture.data])
  })

  it('refuses a picture whose bytes do not fit', () => {
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8ClampedArray(4) })).toThrow(
      'expected 16 bytes, found 4'
    )
  })
})

it('asRgba makes RGB opaque', () => {
  expect([...asRgba({ width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) }).data]).toEqual([1, 2, 3, 255])
})
