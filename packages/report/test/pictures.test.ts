import { convertIndexedToRgb, decode, encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { createPictures } from '../src/html/pictures.js'
import { smallPng } from '../src/html/small-png.js'

type Rgb = readonly [number, number, number]

function png(width: number, height: number, color: (x: number, y: number) => Rgb): Uint8Array {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const p = Math.floor(at / 3)
    return color(p % width, Math.floor(p / width))[at % 3]!
  })
  return encode({ width, height, data, channels: 3, depth: 8 })
}

/** Colours of a PNG, by row and column. */
function colors(bytes: Uint8Array): string[][] {
  const image = decode(bytes)
  const data = image.palette ? convertIndexedToRgb(image) : image.data
  return Array.from({ length: image.height }, (_, y) =>
    Array.from({ length: image.width }, (__, x) =>
      [...data.slice((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)].join(' ')
    )
  )
}

describe('smallPng', () => {
  it('keeps every pixel of a picture that is small enough', () => {
    const checkered = png(5, 3, (x, y) => ((x + y) % 2 ? [250, 10, 0] : [0, 20, 250]))
    const { width, height, png: small } = smallPng(checkered, 5, 'a.png')
    expect([width, height, colors(small)]).toEqual([5, 3, colors(checkered)])
    expect(decode(small).palette).toHaveLength(2)
  })

  it('takes the mean of the pixels that a new one covers', () => {
    const ramp = png(40, 40, (x, y) => [6 * x, 6 * y, 100])
    const { width, height, png: small } = smallPng(ramp, 20, 'a.png')
    expect([width, height]).toEqual([20, 20])
    colors(small).forEach((row, y) => row.forEach((color, x) => expect(color).toBe(`${12 * x + 3} ${12 * y + 3} 100`)))
  })

  it('keeps single pixels of sparse pictures, which a mean would hide', () => {
    const dots = png(64, 64, (x, y) => (x === 13 && y === 50 ? [180, 0, 0] : [246, 246, 246]))
    const { png: small } = smallPng(dots, 16, 'a.png')
    expect(colors(small).flatMap((row, y) => row.flatMap((color, x) => (color === '180 0 0' ? [[x, y]] : [])))).toEqual(
      [[3, 12]]
    )
  })

  it('stays within 256 colours for heatmaps, at most a step away', () => {
    const heat = png(257, 4, (x) => [Math.min(255, x), 128, Math.max(0, 256 - x) % 256])
    const { png: small } = smallPng(heat, 257, 'a.png')
    expect(decode(small).palette!.length).toBe(256)
    expect(new Set(colors(small).flat()).size).toBe(256)
  })

  it('reads grey, grey with opacity, opaque colours, palettes and 16 bits', () => {
    const small = (image: Parameters<typeof encode>[0]): string[][] => colors(smallPng(encode(image), 9, 'a.png').png)
    const size = { width: 2, height: 1 }
    expect(small({ ...size, data: new Uint8Array([7, 200]), channels: 1 })).toEqual([['7 7 7', '200 200 200']])
    expect(small({ ...size, data: new Uint8Array([7, 255, 200, 255]), channels: 2 })).toEqual([
      ['7 7 7', '200 200 200']
    ])
    expect(small({ ...size, data: new Uint8Array([1, 2, 3, 255, 4, 5, 6, 255]), channels: 4 })).toEqual([
      ['1 2 3', '4 5 6']
    ])
    expect(
      small({
        ...size,
        data: new Uint8Array([1, 0]),
        channels: 1,
        palette: [
          [9, 8, 7],
          [1, 2, 3]
        ]
      })
    ).toEqual([['1 2 3', '9 8 7']])
    expect(small({ ...size, data: new Uint16Array([0x1234, 0xff00]), channels: 1, depth: 16 })).toEqual([
      ['18 18 18', '255 255 255']
    ])
  })

  it('names a file that is no PNG', () => {
    const whole = png(8, 8, (x, y) => [x, y, 0])
    for (const bytes of [new Uint8Array(), new TextEncoder().encode('<svg/>'), whole.slice(0, 40)]) {
      expect(() => smallPng(bytes, 8, 'maps/3.png')).toThrow(
        expect.objectContaining({ code: 'AGON_BAD_FILE', what: 'maps/3.png' })
      )
    }
  })
})

describe('pictures of a page', () => {
  it('are in it once, however many files and places show them', () => {
    const reads: string[] = []
    const pictures = createPictures((path) => {
      reads.push(path)
      return png(4, 4, () => (path === 'c' ? [9, 9, 9] : [1, 2, 3]))
    })
    const shown = ['a', 'b', 'a', 'c'].map((path) => /href="#([\w-]+)"/.exec(pictures.show(path, 8, path))![1])
    expect(shown[0]).toBe(shown[1])
    expect(shown[0]).toBe(shown[2])
    expect(shown[3]).not.toBe(shown[0])
    expect(reads).toEqual(['a', 'b', 'c'])
    expect(pictures.definitions().match(/<image\s/g)).toHaveLength(2)
  })
})
