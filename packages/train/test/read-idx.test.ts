import { describe, expect, it } from 'vitest'
import { examplesFromIdx, readIdx } from '../src/index.js'
import { idx } from './sets.js'

const code = (code: string, says: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(says) as string })

describe('readIdx', () => {
  it('reads extents with the highest byte first, and shares the memory of the file', () => {
    const bytes = idx([2, 1, 3], [1, 2, 3, 4, 5, 255])
    const { shape, values } = readIdx(bytes, 'a')
    expect(shape).toEqual([2, 1, 3])
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255])
    expect(values.buffer).toBe(bytes.buffer)
  })

  it('reads a file that lies inside other bytes', () => {
    const inner = new Uint8Array([9, 9, 9, ...idx([2], [7, 8]), 9]).subarray(3, 13)
    expect([...readIdx(inner, 'a').values]).toEqual([7, 8])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /^x: expected an idx file.*an empty file/],
    ['another magic number', Uint8Array.of(0x1f, 0x8b, 8, 3), /begins with 1f 8b 08 03/],
    ['floats', Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), /type code 8, found type code 13/],
    ['no axes', Uint8Array.of(0, 0, 8, 0), /an idx file/],
    ['a header that ends early', Uint8Array.of(0, 0, 8, 3, 0, 0), /3 extents in 16 bytes, found 6 bytes/],
    ['too few values', idx([3], [1, 2]), /11 bytes for shape \[3\], found 10 bytes/],
    ['too many values', idx([1], [1, 2]), /9 bytes for shape \[1\], found 10 bytes/],
    ['extents of 2^96', idx([0xffffffff, 0xffffffff, 0xffffffff], []), /found 16 bytes/],
    ['extents whose product is 2^32', idx([0x10000, 0x10000], []), /4294967308 bytes for shape/]
  ])('refuses %s', (_, bytes, says) => {
    expect(() => readIdx(bytes, 'x')).toThrow(code('AGON_BAD_FILE', says))
  })
})

describe('examplesFromIdx', () => {
  const images = { name: 'images', bytes: idx([2, 1, 2], [0, 51, 255, 0]) }

  it('pairs pictures and labels', () => {
    const examples = examplesFromIdx(images, { name: 'labels', bytes: idx([2], [3, 0]) }, 4)
    expect(examples).toMatchObject({ shape: [2, 1, 1, 2], labels: [3, 0] })
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['fewer labels', idx([1], [0]), /labels: expected labels of shape \[2\], one for each picture, found \[1\]/],
    ['a label too high', idx([2], [0, 4]), /labels, label 1: expected less than 4, found 4/],
    ['labels of two axes', idx([2, 1], [0, 0]), /found \[2,1\]/]
  ])('refuses %s', (_, bytes, says) => {
    expect(() => examplesFromIdx(images, { name: 'labels', bytes }, 4)).toThrow(code('AGON_BAD_FILE', says))
  })

  it('refuses pictures of two axes', () => {
    const flat = { name: 'images', bytes: idx([2, 2], [0, 0, 0, 0]) }
    const labels = { name: 'labels', bytes: idx([2], [0, 0]) }
    expect(() => examplesFromIdx(flat, labels, 4)).toThrow(code('AGON_BAD_FILE', /pictures of shape \[N,H,W\]/))
  })
})
