import type { Turf } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { legend, nobodyColor, othersColor, palette, turfPicture } from '../src/index.js'

// 8 pixels: label 5 owns four, label 2 two, label 9 one, nobody one
const owner = [5, 5, 5, 5, 2, 2, 9, -1]
const turf: Turf = {
  shape: [1, 1, 2, 4],
  owner: Int32Array.from(owner),
  margin: Float32Array.of(1, 1, 0.5, 0, 1, 1, 1, 0)
}
const names = Array.from({ length: 10 }, (_, label) => `name ${label}`)
const pixels = ({ data }: { data: Uint8ClampedArray }) =>
  Array.from({ length: data.length / 4 }, (_, p) => [...data.subarray(p * 4, p * 4 + 3)])

describe('turfPicture', () => {
  it('gives colours by rank', () => {
    const { picture, entries } = turfPicture(turf, names)
    const [first, second, third] = palette
    const of = new Map([
      [5, first],
      [2, second],
      [9, third],
      [-1, nobodyColor]
    ])
    expect(pixels(picture)).toEqual(owner.map((label) => of.get(label)))
    expect(entries).toEqual([
      { color: first, name: 'name 5', figure: '50.0 %' },
      { color: second, name: 'name 2', figure: '25.0 %' },
      { color: third, name: 'name 9', figure: '12.5 %' },
      { color: nobodyColor, name: 'nobody', figure: '12.5 %' }
    ])
  })

  it('puts the other labels together', () => {
    const { picture, entries } = turfPicture(turf, undefined, { top: 1 })
    expect(pixels(picture)[4]).toEqual(othersColor)
    expect(entries.map(({ name, figure }) => `${name} ${figure}`)).toEqual([
      'label 5 50.0 %',
      '2 other labels 37.5 %',
      'nobody 12.5 %'
    ])
  })

  it('fades by margin', () => {
    const shaded = pixels(turfPicture(turf, names, { shade: 'margin' }).picture)
    const strength = [1, 1, 0.625, 0.25]
    strength.forEach((share, p) => expect(shaded[p]).toEqual(palette[0]!.map((value) => Math.round(value * share))))
  })

  it('lies over a photograph', () => {
    const picture = { width: 4, height: 2, rgb: new Uint8Array(24).fill(255) }
    const plain = pixels(turfPicture(turf, names, { picture, alpha: 1 }).picture)
    expect(plain[0]).toEqual(palette[0])
    expect(plain[7]).toEqual([255, 255, 255])
    const mixed = pixels(turfPicture(turf, names, { picture, alpha: 0.5 }).picture)
    expect(mixed[0]).toEqual([...Uint8ClampedArray.from(palette[0]!, (value) => (value + 255) / 2)])
    expect(turfPicture(turf, names, { picture }).entries.at(-1)!.name).toBe('nobody (photograph)')
  })

  it('shows another example, and a turf that nobody owns', () => {
    const two = {
      shape: [2, 1, 1, 1],
      owner: Int32Array.of(3, -1),
      margin: new Float32Array(2)
    }
    const { picture, entries } = turfPicture(two, undefined, { example: 1, shade: 'margin' })
    expect(pixels(picture)).toEqual([[0, 0, 0]])
    expect(entries).toEqual([{ color: nobodyColor, name: 'nobody', figure: '100.0 %' }])
    expect(turfPicture(two, undefined).entries[0]!.name).toBe('label 3')
  })

  it.each([
    [{ ...turf, shape: [1, 2, 2, 2] }, {}, /a contest of pixels.*granularity 'pixel'/],
    [turf, { top: 9 }, /top of turfPicture: expected a whole number in 0 .. 8, found 9/],
    [turf, { example: 1 }, /example of turfPicture/],
    [turf, { alpha: -1 }, /alpha/],
    [turf, { shade: 'brightness' as 'margin' }, /one of none, margin/],
    [turf, { tpo: 3 } as object, /Did you mean 'top'/]
  ])('refuses what does not fit (%#)', (given, options, message) => {
    expect(() => turfPicture(given, names, options)).toThrow(message)
  })
})

it('legend shows the colours of its entries', () => {
  const { entries } = turfPicture(turf, names)
  const { width, data } = legend(entries, 200)
  entries.forEach(({ color }, row) => {
    const at = ((row * 17 + 8) * width + 6) * 4
    expect([...data.subarray(at, at + 3)]).toEqual(color)
  })
  expect(() => legend([])).toThrow(/legend: expected entries/)
})
