import { tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  colorBar,
  createRgba,
  diverging,
  drawText,
  fitText,
  formatNumber,
  measureText,
  saliencyMap,
  sheet,
  stack,
  wrapText,
  type Rgba,
  type TextStyle
} from '../src/index.js'
import { glyphs } from '../src/glyphs.js'

const style: TextStyle = { size: 8, color: [0, 0, 0], weight: 0.13 }
const drawn = (text: string, size = 8): Rgba => {
  const page = createRgba(160, 40)
  drawText(page, text, 10, 26, { ...style, size })
  return page
}
const inkOf = ({ data }: Rgba) => data.reduce((sum, value, at) => sum + (at % 4 === 0 ? 255 - value : 0), 0)
const pixel = ({ width, data }: Rgba, x: number, y: number) => [...data.subarray((y * width + x) * 4).subarray(0, 3)]

describe('text', () => {
  it('has every printable ASCII character', () => {
    for (let code = 32; code < 127; code++) expect(Object.hasOwn(glyphs, String.fromCharCode(code))).toBe(true)
  })

  it('draws a full stroke in full ink, at its place', () => {
    const page = drawn('I', 14) // one stroke of 14 pixels up from the baseline
    expect(pixel(page, 10, 26)).toEqual([0, 0, 0])
    expect(pixel(page, 10, 13)).toEqual([0, 0, 0])
    expect(pixel(page, 10, 29)).toEqual([255, 255, 255])
    expect(pixel(page, 13, 20)).toEqual([255, 255, 255])
  })

  it('makes no two glyphs alike at the smallest size', () => {
    const shapes = new Map<string, string>()
    for (const character of Object.keys(glyphs)) {
      if (/[\s\p{M}‘“’”]/u.test(character)) continue
      const { data } = drawn(character, 7)
      const shape = data.join()
      expect(shapes.get(shape), character).toBeUndefined()
      shapes.set(shape, character)
      expect(inkOf(drawn(character, 7)), character).toBeGreaterThan(100)
    }
  })

  it('stands accents on letters, and shows a box for what it lacks', () => {
    expect(inkOf(drawn('é'))).toBeGreaterThan(inkOf(drawn('e')))
    expect(measureText('é', style)).toBe(measureText('e', style))
    expect(drawn('日').data).toEqual(drawn('語').data)
    expect(inkOf(drawn('日'))).toBeGreaterThan(500)
  })

  it('stays inside its measure and its picture', () => {
    const text = 'Wavy @ 100 %'
    const { width, data } = drawn(text)
    const right = 10 + measureText(text, style)
    for (let at = 0; at < data.length; at += 4) {
      if ((at / 4) % width > right + 1) expect(data[at]).toBe(255)
    }
    expect(() => drawText(createRgba(3, 3), text, -5, 1, style)).not.toThrow()
  })

  it('wraps at spaces, and inside words that are too long', () => {
    const words = 'who owns which pixel of it'
    const lines = wrapText(words, 60, style)
    expect(lines.join(' ')).toBe(words)
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(measureText(line, style)).toBeLessThanOrEqual(60)
    expect(wrapText('incomprehensibilities', 40, style).join('')).toBe('incomprehensibilities')
  })

  it('shortens with an ellipsis', () => {
    expect(fitText('tench', 200, style)).toBe('tench')
    const short = fitText('great white shark, white shark', 90, style)
    expect(short).toMatch(/^great white.*[^ ,]…$/)
    expect(measureText(short, style)).toBeLessThanOrEqual(90)
  })

  it.each([
    [0, '0'],
    [0.012345, '0.0123'],
    [-12.5, '−12.5'],
    [-4.5e-7, '−4.50e−7'],
    [123456, '1.23e5']
  ])('%d as %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('sheet', () => {
  const small = createRgba(28, 28, [10, 20, 30])

  it('enlarges a 28 x 28 map by 8 and frames it', () => {
    const page = sheet([{ title: 'map', picture: small }])
    expect(page.width).toBe(20 + 1 + 224 + 1 + 20)
    const dark = page.data.filter((value, at) => at % 4 === 0 && value === 10 && page.data[at + 2] === 30).length
    expect(dark).toBe(224 * 224)
  })

  it('keeps a large picture as it is', () => {
    expect(sheet([{ title: '', picture: createRgba(300, 10) }]).width).toBe(342)
  })

  it('puts columns side by side on one level, whatever their words', () => {
    const page = sheet(
      [
        { title: 'a title that is so long that it needs more than one line', picture: small, caption: 'words' },
        { title: 'b', picture: small, legend: createRgba(250, 5) }
      ],
      { title: 'head', footer: 'foot' }
    )
    expect(page.width).toBe(20 + 226 + 20 + 250 + 20)
    const tops = [21, 267].map((x) => {
      let y = 0
      while (pixel(page, x + 100, y).join() !== '10,20,30') y++
      return y
    })
    expect(tops[0]).toBe(tops[1])
  })

  it('refuses no columns and unknown options', () => {
    expect(() => sheet([])).toThrow('sheet: expected 1 to 64 columns, found 0')
    expect(() => sheet([{ title: '', picture: small }], { minimun: 3 } as object)).toThrow(/Did you mean 'minimum'/)
  })

  it('stack keeps every pixel', () => {
    const both = stack([createRgba(2, 1, [1, 1, 1]), createRgba(1, 1, [2, 2, 2])])
    expect([...both.data]).toEqual([1, 1, 1, 255, 1, 1, 1, 255, 2, 2, 2, 255, 255, 255, 255, 255])
  })
})

it('colorBar runs from end to end of the colour map', () => {
  const bar = colorBar(saliencyMap(tensor([1, 1, 1, 2], [-1, 2])), 100)
  expect(pixel(bar, 1, 5)).toEqual(diverging.colors[0])
  expect(pixel(bar, 98, 5)).toEqual(diverging.colors[256])
  expect(inkOf(colorBar(saliencyMap(tensor([1, 1, 1, 1], [0])), 100))).toBeGreaterThan(0)
})
