import { createRandom } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { philox } from '../src/philox.js'

describe('random numbers', () => {
  it('give the published vectors of Philox4x32-10', () => {
    const hex = (words: number[]) => words.map((word) => word.toString(16).padStart(8, '0'))
    expect(hex(philox([0, 0, 0, 0], [0, 0]))).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'])
    const ones = 0xffffffff
    expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toEqual([
      '408f276d',
      '41c83b0e',
      'a20bc7c6',
      '6d5451fd'
    ])
    expect(hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toEqual([
      'd16cfe09',
      '94fdcceb',
      '5001e420',
      '24126ea1'
    ])
  })

  it('fork by keys, independently of what was drawn, and differently for every key', () => {
    const root = createRandom(1)
    const before = root.fork('noise', 3, 0).uint32()
    for (let i = 0; i < 10; i++) root.normal()
    expect(root.fork('noise', 3, 0).uint32()).toBe(before)
    const firsts = new Set<number>()
    for (let example = 0; example < 50; example++) {
      for (let draw = 0; draw < 50; draw++) firsts.add(root.fork('noise', example, draw).uint32())
    }
    expect(firsts.size).toBeGreaterThan(2498)
    expect(root.fork(1, 2).uint32()).not.toBe(root.fork(2, 1).uint32())
    expect(root.fork('12').uint32()).not.toBe(root.fork(12).uint32())
    expect(root.fork('a').fork('b').uint32()).toBe(root.fork('a', 'b').uint32())
    expect(createRandom(2).uint32()).not.toBe(createRandom(1).uint32())
  })

  it('have the moments they should have', () => {
    const random = createRandom(5)
    const normals = Array.from({ length: 50_000 }, () => random.normal())
    const mean = normals.reduce((a, b) => a + b) / normals.length
    const variance = normals.reduce((a, b) => a + (b - mean) ** 2, 0) / normals.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
    expect([...random.permutation(20)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    const uniforms = Array.from({ length: 10_000 }, () => random.uniform())
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniforms)).toBeLessThan(1)
  })

  it('stay the numbers that they have been, however many are drawn at once', () => {
    const [some, all] = [createRandom(3), createRandom(3)]
    const many = new Float32Array(4000)
    expect(some.uint32()).toBe(all.uint32())
    all.normals(many)
    expect(many[3999]).toBe(Math.fround(0.2164587527513504))
    for (const [from, to] of [
      [0, 1],
      [1, 7],
      [7, 2500],
      [2500, 4000]
    ] as const) {
      const part = new Float32Array(to - from)
      some.normals(part)
      expect(part).toEqual(many.subarray(from, to))
    }
    expect(all.uint32()).toBe(3891938937)
    expect(some.uint32()).toBe(3891938937)
  })

  it('fill arrays with normals that are spread as they should be, the tails included', () => {
    const count = 400_000
    const normals = new Float64Array(count)
    createRandom(3).normals(normals)
    // Phi at -4, -3.6541528853610088 (where the lowest layer of the ziggurat ends), -3, -2, -1, -0.5, -0.1, 0
    const below: [number, number][] = [
      [-4, 3.167124183311986e-5],
      [-3.6541528853610088, 1.2901516e-4],
      [-3, 0.0013498980316300933],
      [-2, 0.022750131948179195],
      [-1, 0.15865525393145707],
      [-0.5, 0.3085375387259869],
      [-0.1, 0.4601721627229711],
      [0, 0.5]
    ]
    for (const [x, p] of below) {
      const bound = 4.5 * Math.sqrt(count * p * (1 - p))
      expect(Math.abs(normals.filter((value) => value < x).length - count * p)).toBeLessThan(bound)
      expect(Math.abs(normals.filter((value) => value > -x).length - count * p)).toBeLessThan(bound)
    }
    for (const [power, moment, bound] of [
      [1, 0, 0.008],
      [2, 1, 0.01],
      [3, 0, 0.03],
      [4, 3, 0.08]
    ] as const) {
      const found = normals.reduce((sum, x) => sum + x ** power, 0) / count
      expect(Math.abs(found - moment)).toBeLessThan(bound)
    }
    const again = new Float32Array(1000)
    createRandom(3).normals(again)
    expect(again).toEqual(Float32Array.from(normals.subarray(0, 1000)))
  })
})
