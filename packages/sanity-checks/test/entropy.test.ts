import { createRandom } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { entropyRise, histogramEntropy } from '../src/index.js'

const uniform = Float32Array.from({ length: 1000 }, (_, i) => i)

describe('the entropy of a map', () => {
  it('is ln 100 for a uniform one, ln 2 for one of two values, 0 for a constant one', () => {
    expect(histogramEntropy(uniform)).toBeCloseTo(Math.log(100), 6)
    expect(histogramEntropy(Float32Array.of(-3, 5, 5, -3))).toBeCloseTo(Math.LN2, 12)
    expect(histogramEntropy(new Float32Array(9).fill(2))).toBe(0)
  })

  it('of 200000 normal numbers is near that of the normal over the width of a bin, whatever scale and shift', () => {
    const data = new Float32Array(200_000)
    createRandom(2).normals(data)
    const [least, most] = data.reduce(([a, b], value) => [Math.min(a!, value), Math.max(b!, value)], [0, 0])
    const width = (most! - least!) / 100
    expect(histogramEntropy(data)).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E) - Math.log(width), 2)
    expect(histogramEntropy(data.map((value) => 8 * value))).toBe(histogramEntropy(data))
  })

  it('rises relatively; a constant map has no rise', () => {
    const two = Float32Array.from({ length: 1000 }, (_, i) => i % 2)
    expect(entropyRise.compare(two, uniform, [1000])).toBeCloseTo(Math.log(100) / Math.LN2 - 1, 6)
    expect(entropyRise.compare(uniform, uniform, [1000])).toBe(0)
    expect(entropyRise.compare(uniform, new Float32Array(1000), [1000])).toBe(-1)
    expect(entropyRise.compare(new Float32Array(1000), uniform, [1000])).toBe(0)
  })
})
