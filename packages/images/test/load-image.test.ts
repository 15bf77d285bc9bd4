import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { loadImage, type Preprocess } from '../src/index.js'

const raw = (width: number, height: number): Preprocess => ({
  resize: { mode: 'squash', width, height },
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1]
})
const solid = (width: number, height: number, ...color: number[]) => {
  const data = Uint8Array.from({ length: width * height * color.length }, (_, at) => color[at % color.length]!)
  return sharp(data, { raw: { width, height, channels: color.length as 1 | 2 | 3 | 4 } })
}
const pixelOf = async (bytes: Uint8Array): Promise<number[]> => [...(await loadImage(bytes, raw(1, 1))).picture.rgb]
const refusal = async (source: string | Uint8Array): Promise<string> => {
  const error: { code?: string; message: string } = await loadImage(source, raw(4, 4)).then(
    () => ({ message: 'accepted' }),
    (thrown: Error) => thrown
  )
  expect(error.code).toBe('AGON_BAD_FILE')
  expect(error.message).not.toContain('\n')
  return error.message
}

describe('loadImage', () => {
  it.skipIf(!existsSync('/dev/zero'))('refuses what may never end', async () => {
    expect(await refusal('/dev/zero')).toBe('/dev/zero: expected a readable file, found a device or pipe')
  })

  it('keeps pixels that need no resizing, as NCHW', async () => {
    const bytes = await sharp(Uint8Array.of(1, 2, 3, 4, 5, 6), { raw: { width: 2, height: 1, channels: 3 } })
      .png()
      .toBuffer()
    const { input, picture, original, sha256 } = await loadImage(bytes, raw(2, 1))
    expect(input).toEqual({ shape: [1, 3, 1, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) })
    expect(picture).toEqual({ width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) })
    expect(original).toEqual({ width: 2, height: 1 })
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('cuts the centre out', async () => {
    const bytes = await sharp(Uint8Array.of(10, 20, 30, 40), { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    const { picture } = await loadImage(bytes, {
      ...raw(2, 1),
      resize: { mode: 'crop', fraction: 1, width: 2, height: 1 }
    })
    expect([...picture.rgb]).toEqual([20, 20, 20, 30, 30, 30])
  })

  it('averages when it shrinks, where plain bilinear sampling would drop pixels', async () => {
    const stripes = Uint8Array.from({ length: 64 * 3 }, (_, at) => (Math.floor(at / 3) % 2 === 0 ? 0 : 200))
    const bytes = await sharp(stripes, { raw: { width: 64, height: 1, channels: 3 } })
      .png()
      .toBuffer()
    const { rgb } = (await loadImage(bytes, raw(4, 1))).picture
    for (const value of rgb) expect(Math.abs(value - 100)).toBeLessThanOrEqual(3)
  })

  it('turns the picture as EXIF says', async () => {
    const red = await solid(2, 1, 255, 0, 0).extend({ right: 1, background: 'blue' }).raw().toBuffer()
    const bytes = await sharp(red, { raw: { width: 3, height: 1, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer()
    const { original, picture } = await loadImage(bytes, raw(1, 3))
    expect(original).toEqual({ width: 1, height: 3 })
    expect([...picture.rgb]).toEqual([255, 0, 0, 255, 0, 0, 0, 0, 255])
  })

  it('lays transparency over white', async () => {
    expect(await pixelOf(await solid(3, 3, 9, 9, 9, 0).png().toBuffer())).toEqual([255, 255, 255])
    const [half] = await pixelOf(await solid(3, 3, 0, 0, 0, 128).png().toBuffer())
    expect(Math.abs(half! - 127)).toBeLessThanOrEqual(1)
  })

  it('reads 16 bits, grey and CMYK', async () => {
    const deep = await solid(3, 3, 77, 88, 99).toColourspace('rgb16').png().toBuffer()
    expect((await sharp(deep).metadata()).depth).toBe('ushort')
    const expected = [77, 88, 99]
    ;(await pixelOf(deep)).forEach((value, c) => expect(Math.abs(value - expected[c]!)).toBeLessThanOrEqual(1))
    expect(await pixelOf(await solid(3, 3, 77).toColourspace('b-w').png().toBuffer())).toEqual([77, 77, 77])
    const [r, g, b] = await pixelOf(await solid(16, 16, 200, 40, 40).toColourspace('cmyk').jpeg().toBuffer())
    expect(r! - Math.max(g!, b!)).toBeGreaterThan(100)
  })

  it('takes the first frame of an animation', async () => {
    const frames = await solid(4, 4, 0, 0, 255)
      .extend({ bottom: 4, background: 'red' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const animation = await sharp(frames.data, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif({ loop: 0, delay: [100, 100] })
      .toBuffer()
    expect((await sharp(animation).metadata()).pages).toBe(2)
    expect(await pixelOf(animation)).toEqual([0, 0, 255])
    expect((await loadImage(animation, raw(4, 4))).original).toEqual({ width: 4, height: 4 })
  })
})

describe('what is no picture is refused in one line', () => {
  const photo = solid(64, 64, 10, 20, 30).composite([
    { input: { create: { width: 9, height: 9, channels: 3, background: 'red' } } }
  ])

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('%s cut off anywhere', async (format) => {
    const bytes = await photo.clone().toFormat(format).toBuffer()
    expect((await loadImage(bytes, raw(4, 4))).original).toEqual({ width: 64, height: 64 })
    for (const share of [0.02, 0.3, 0.6]) await refusal(bytes.subarray(0, Math.floor(bytes.length * share)))
  })

  it('other files', async () => {
    expect(await refusal(new Uint8Array())).toContain('found an empty file')
    expect(await refusal(new TextEncoder().encode('<svg width="9" height="9"/>'))).toContain('3c 73 76 67')
    expect(await refusal('/nowhere/at-all.png')).toBe(
      '/nowhere/at-all.png: expected a readable file, found no such file'
    )
    expect(await refusal(import.meta.dirname)).toContain('found a folder')
  })

  it('a picture that declares more pixels than the limit', async () => {
    const bytes = await solid(1, 1, 5, 5, 5).png().toBuffer()
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint32(16, 20_000)
    view.setUint32(20, 10_000)
    view.setUint32(29, crc32(bytes.subarray(12, 29)))
    expect(await refusal(bytes)).toContain('expected at most 100000000 pixels, found 20000 x 10000')
  })

  it('damaged bytes never crash', async () => {
    const bytes = await photo.clone().png().toBuffer()
    for (let at = 8; at < bytes.length; at += 3) {
      const damaged = Uint8Array.from(bytes)
      damaged[at] = damaged[at]! ^ 0xff
      const outcome = await loadImage(damaged, raw(4, 4)).then(
        ({ input }) => input.data.every((value) => value >= 0 && value <= 255),
        (error: { code?: string }) => error.code === 'AGON_BAD_FILE'
      )
      expect(outcome, `byte ${at}`).toBe(true)
    }
  })
})

/** CRC-32 of a PNG chunk. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
