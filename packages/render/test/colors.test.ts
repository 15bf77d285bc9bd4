import { describe, expect, it } from 'vitest'
import { colorAt, diverging, nobodyColor, othersColor, palette, sequential, type Rgb } from '../src/index.js'
import { distance, fromOklab, toOklab } from '../src/oklab.js'
import { leastDistance, seen, visions } from './vision.js'

const lightness = (color: Rgb) => toOklab(color)[0]

describe('OKLab', () => {
  it.each<[Rgb, number[]]>([
    [
      [255, 255, 255],
      [1, 0, 0]
    ],
    [
      [0, 0, 0],
      [0, 0, 0]
    ],
    [
      [255, 0, 0],
      [0.62796, 0.22486, 0.12585]
    ], // B. Ottosson's published values
    [
      [0, 0, 255],
      [0.45201, -0.03246, -0.31153]
    ]
  ])('%j', (rgb, expected) => {
    toOklab(rgb).forEach((value, c) => expect(value).toBeCloseTo(expected[c]!, 4))
    expect(fromOklab(toOklab(rgb))).toEqual(rgb)
  })
})

describe('sequential map', () => {
  const { colors } = sequential

  it.each(visions)('gets lighter all the way to %s', (vision) => {
    const L = colors.map((color) => lightness(seen(vision, color)))
    for (let k = 8; k < L.length; k += 8) expect(L[k]! - L[k - 8]!).toBeGreaterThan(0.005)
  })

  it('has even steps', () => {
    const steps = Array.from({ length: 31 }, (_, k) =>
      distance(toOklab(colors[k * 8]!), toOklab(colors[k * 8 + 8 > 255 ? 255 : k * 8 + 8]!))
    )
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length
    for (const step of steps) expect(Math.abs(step / mean - 1)).toBeLessThan(0.15)
  })

  it('begins and ends as published', () => {
    expect(colors[0]).toEqual([0x44, 0x01, 0x54])
    expect(colors.at(-1)).toEqual([0xfd, 0xe7, 0x25])
  })
})

describe('diverging map', () => {
  const { colors } = diverging
  const middle = (colors.length - 1) / 2

  it('has a neutral middle', () => {
    const [r, g, b] = colors[middle]!
    expect([r, g, b]).toEqual([r, r, r])
    expect(r).toBeGreaterThan(240)
  })

  it('gets darker towards both ends, equally', () => {
    for (let k = 4; k <= middle; k += 4) {
      const [left, right] = [lightness(colors[middle - k]!), lightness(colors[middle + k]!)]
      expect(left).toBeLessThan(lightness(colors[middle - k + 4]!))
      expect(right).toBeLessThan(lightness(colors[middle + k - 4]!))
      expect(Math.abs(left - right)).toBeLessThan(0.01)
    }
  })

  it.each(visions)('keeps the signs apart to %s', (vision) => {
    for (const t of [0.1, 0.25, 0.5, 0.75, 1]) {
      const [minus, plus] = [-t, t].map((at) => toOklab(seen(vision, colorAt(diverging, at))))
      expect(distance(minus!, plus!)).toBeGreaterThan(Math.min(0.1, 0.3 * t))
    }
  })
})

it('colorAt clamps, and knows the ends and the middle', () => {
  expect(colorAt(diverging, 0)).toBe(diverging.colors[128])
  expect(colorAt(diverging, -7)).toBe(diverging.colors[0])
  expect(colorAt(diverging, 7)).toBe(diverging.colors[256])
  expect(colorAt(sequential, 0)).toBe(sequential.colors[0])
  expect(colorAt(sequential, 1)).toBe(sequential.colors[255])
})

it('labels, others and nobody are told apart with any colour vision', () => {
  const all = [...palette, othersColor, nobodyColor]
  all.forEach((a, i) => all.slice(0, i).forEach((b) => expect(leastDistance(a, b)).toBeGreaterThan(0.07)))
})
