import { explain, rowsOf, tensor, type Tensor } from '@agon/core'
import { featureAblation, type SegmentOptions } from '@agon/methods'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine, normals } from './nets.js'

/**
 * The segments of every example as the whole maps of a model show them that sums powers of an element's place: equal values are one segment. The
 * weights are such that no two segments have the same sum.
 */
async function segmentsOf(input: Tensor, options: Partial<SegmentOptions>): Promise<number[][]> {
  const shape = input.shape.slice(1)
  const size = input.data.length / input.shape[0]!
  const weights = Array.from({ length: size }, (_, i) => 1 + ((i * 7919) % 104_729) / 104_729)
  const model = modelOf('sum', shape, (b) => b.add('Gemm', [b.add('Flatten', [b.input]), b.floats([size, 1], weights)]))
  const ones = { shape: input.shape, data: input.data }
  const { attribution } = await explain(await engine.load(model), ones, featureAblation(options))
  return rowsOf(attribution).map((row) => {
    const known = [...new Set(row)]
    return Array.from(row, (value) => known.indexOf(value))
  })
}

const picture = (channels: number, height: number, width: number, value: (c: number, y: number, x: number) => number) =>
  tensor(
    [1, channels, height, width],
    Array.from({ length: channels * height * width }, (_, i) =>
      value(Math.floor(i / (height * width)), Math.floor((i % (height * width)) / width), i % width)
    )
  )
const noisy = picture(2, 5, 7, (c, y, x) => 1 + ((17 * c + 5 * y + 3 * x) % 7) / 7)

describe('a grid', () => {
  it('has square cells, cut at the right and lower border, the same in all channels', async () => {
    const expected = [0, 0, 0, 1, 1, 1, 2].map((id) => id)
    const rows = [0, 0, 0, 3, 3].flatMap((first) => expected.map((id) => id + first))
    expect((await segmentsOf(noisy, { segments: 'grid', cell: 3 }))[0]).toEqual([...rows, ...rows])
  })

  it('is the default of pictures, with cells of an eighth of the longer side, rounded up', async () => {
    const large = picture(1, 9, 17, (_, y, x) => 1 + ((7 * x + y) % 5))
    const [found] = await segmentsOf(large, {})
    expect(found).toEqual((await segmentsOf(large, { segments: 'grid', cell: 3 }))[0])
    expect(new Set(found).size).toBe(3 * 6)
  })

  it('of a row has cells of neighbours; by default every element is a segment of what is no picture', async () => {
    const row = tensor([1, 7], [1, 2, 3, 4, 5, 6, 7])
    expect(await segmentsOf(row, { segments: 'grid', cell: 3 })).toEqual([[0, 0, 0, 1, 1, 1, 2]])
    expect(await segmentsOf(row, {})).toEqual([[0, 1, 2, 3, 4, 5, 6]])
  })
})

describe('superpixels', () => {
  // Two halves of different brightness whose border is a slanted line, with a weak pattern on top.
  const halves = picture(3, 24, 24, (c, y, x) => (x + Math.floor(y / 2) < 16 ? 1 : 3) + 0.1 * ((x + y + c) % 2))
  const isLeft = (at: number): boolean => (at % 24) + Math.floor(Math.floor(at / 24) / 2) < 16

  it.each([4, 9, 16])('follow the border of what they show: %i of them', async (superpixels) => {
    const [found] = await segmentsOf(halves, { segments: 'slic', superpixels })
    const first = found!.slice(0, 576)
    expect(found!.slice(576, 1152)).toEqual(first)
    const sides = new Map<number, Set<boolean>>()
    first.forEach((id, at) => sides.set(id, (sides.get(id) ?? new Set()).add(isLeft(at))))
    for (const side of sides.values()) expect(side.size).toBe(1)
    expect(sides.size).toBeGreaterThanOrEqual(2)
    expect(sides.size).toBeLessThanOrEqual(2 * superpixels)
  })

  it('are connected', async () => {
    const noise = { shape: [1, 1, 20, 20], data: normals(1, 400).data.map((value) => value + 9) }
    const [found] = await segmentsOf(noise, { segments: 'slic', superpixels: 16, compactness: 1 })
    const seen = new Set<number>()
    const parts = new Set<number>()
    found!.forEach((id, at) => {
      if (seen.has(at)) return
      expect(parts.has(id)).toBe(false)
      parts.add(id)
      const open = [at]
      while (open.length > 0) {
        const place = open.pop()!
        if (seen.has(place) || found![place] !== id) continue
        seen.add(place)
        const x = place % 20
        open.push(...(x > 0 ? [place - 1] : []), ...(x < 19 ? [place + 1] : []), place - 20, place + 20)
      }
    })
    expect(parts.size).toBeGreaterThanOrEqual(14)
    expect(parts.size).toBeLessThanOrEqual(16)
  })

  it('of a picture without any likeness are near a grid, and more compact ones nearer', async () => {
    const even = picture(1, 12, 12, () => 2)
    const [found] = await segmentsOf(even, { segments: 'slic', superpixels: 9 })
    expect(new Set(found).size).toBe(9)
    const sizes = [...new Set(found)].map((id) => found!.filter((other) => other === id).length)
    for (const size of sizes) expect(Math.abs(size - 16)).toBeLessThanOrEqual(5)
    const [loose] = await segmentsOf(halves, { segments: 'slic', superpixels: 4, compactness: 10 })
    const [tight] = await segmentsOf(halves, { segments: 'slic', superpixels: 4, compactness: 1e6 })
    const crossing = (ids: number[]) =>
      new Set(
        ids
          .slice(0, 576)
          .filter((id) =>
            [true, false].every((left) => ids.slice(0, 576).some((other, at) => other === id && isLeft(at) === left))
          )
      ).size
    expect(crossing(loose!)).toBe(0)
    expect(crossing(tight!)).toBeGreaterThan(0)
  })

  it('do not depend on the unit of the input, and are 50 by default', async () => {
    const scaled = { ...halves, data: halves.data.map((value) => 255 * value) }
    const options = { segments: 'slic', superpixels: 9 } as const
    expect(await segmentsOf(scaled, options)).toEqual(await segmentsOf(halves, options))
    const noise = { shape: [1, 1, 70, 70], data: normals(1, 4900).data.map((value) => value + 9) }
    const [found] = await segmentsOf(noise, { segments: 'slic', compactness: 1000 })
    expect(Math.abs(new Set(found).size - 50)).toBeLessThanOrEqual(5)
  })

  it('are those of each example', async () => {
    const upsideDown = { ...halves, data: halves.data.slice().reverse() }
    const both = { shape: [2, 3, 24, 24], data: Float32Array.of(...halves.data, ...upsideDown.data) }
    const options = { segments: 'slic', superpixels: 9 } as const
    const found = await segmentsOf(both, options)
    expect(found[0]).toEqual((await segmentsOf(halves, options))[0])
    expect(found[1]).toEqual((await segmentsOf(upsideDown, options))[0])
    expect(found[0]).not.toEqual(found[1])
  })
})

describe('a given map', () => {
  const plane = [5, 5, 5, 5, 9, 9, 9].concat(...Array.from({ length: 4 }, () => [2, 2, 5, 5, 9, 9, 0]))
  const numbered = (ids: number[]) => {
    const known = [...new Set(ids)]
    return ids.map((id) => known.indexOf(id))
  }

  it('of a picture holds for every channel', async () => {
    const expected = [numbered([...plane, ...plane])]
    expect(await segmentsOf(noisy, { segments: Int32Array.from(plane) })).toEqual(expected)
    expect(await segmentsOf(noisy, { segments: tensor([5, 7], plane) })).toEqual(expected)
    expect(await segmentsOf(noisy, { segments: tensor([1, 5, 7], plane) })).toEqual(expected)
    expect(await segmentsOf(noisy, { segments: Int32Array.from([...plane, ...plane]) })).toEqual(expected)
  })

  it('may tell channels apart, or repeat along axes of extent 1', async () => {
    const apart = [...plane, ...plane.map((id) => id + 10)]
    expect(await segmentsOf(noisy, { segments: tensor([2, 5, 7], apart) })).toEqual([numbered(apart)])
    const rows = tensor([5, 1], [0, 1, 1, 0, 2])
    const expected = [0, 1, 1, 0, 2].flatMap((id) => new Array<number>(7).fill(id))
    expect(await segmentsOf(noisy, { segments: rows })).toEqual([[...expected, ...expected]])
    const tokens = { shape: [1, 3, 4], data: normals(1, 12).data.map((value) => value + 9) }
    expect(await segmentsOf(tokens, { segments: tensor([3, 1], [0, 1, 0]) })).toEqual([
      [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    ])
  })

  it.each<[string, Int32Array | Tensor, RegExp]>([
    [
      'of too few values',
      new Int32Array(34),
      /expected the shape of an example \[2,5,7\], or \[5,7\].*found an Int32Array of 34/
    ],
    ['of another shape', tensor([7, 5], new Float32Array(35)), /found \[7,5\] of 35 values/],
    ['of too many axes', tensor([1, 2, 5, 7], new Float32Array(70)), /found \[1,2,5,7\]/],
    ['whose values are missing', { shape: [5, 7], data: new Float32Array(3) }, /found \[5,7\] of 3 values/],
    ['with a fraction', tensor([5, 1], [0, 1, 0.5, 2, 3]), /expected whole numbers >= 0, found 0\.5 at place 2/],
    ['with NaN', tensor([5, 1], [0, NaN, 1, 2, 3]), /found NaN at place 1/],
    ['with a negative number', Int32Array.from(plane, (id, i) => (i === 4 ? -1 : id)), /found -1 at place 4/]
  ])('is refused %s', async (_, segments, message) => {
    await expect(segmentsOf(noisy, { segments })).rejects.toThrow(message)
    await expect(segmentsOf(noisy, { segments })).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })
})

describe('options of segments', () => {
  it.each([
    [
      { segments: 'grids' },
      /'segments' of feature-ablation: expected one of grid, slic, element, found 'grids'. Did you mean 'grid'/
    ],
    [{ segments: 3 }, /expected one of grid, slic, element, or a map of whole numbers, found number/],
    [{ segments: null }, /found null/],
    [{ cell: 0 }, /'cell' of feature-ablation: expected a whole number from 1/],
    [{ superpixels: 1.5 }, /'superpixels'/],
    [{ compactness: 0 }, /'compactness' of feature-ablation: expected a number > 0, found 0/],
    [
      { baseline: 'blur' },
      /'baseline' of feature-ablation: expected a finite number, a tensor or 'mean', found 'blur'/
    ],
    [{ baseline: NaN }, /'baseline'/]
  ])('%j are refused', (options, message) => {
    expect(() => featureAblation(options as never)).toThrow(message)
    expect(() => featureAblation(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })

  it.each([
    [{ segments: 'slic', cell: 3 }, /'cell': expected segments: 'grid' beside it, found 'slic'/],
    [{ superpixels: 9 }, /'superpixels': expected segments: 'slic' beside it, found 'grid'/],
    [{ segments: new Int32Array(35), compactness: 2 }, /'compactness': .* found a map/]
  ] as const)('of another segmentation are refused', async (options, message) => {
    await expect(segmentsOf(noisy, options)).rejects.toThrow(message)
  })
})
