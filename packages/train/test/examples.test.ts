import { createRandom } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  assertExamples,
  batchOf,
  firstExamples,
  momentsOf,
  orderOf,
  permuteLabels,
  withPermutedLabels,
  type Examples
} from '../src/index.js'

const examples: Examples = {
  shape: [3, 1, 2],
  values: Uint8Array.of(0, 51, 102, 153, 204, 255),
  labels: [2, 0, 1]
}

describe('batches', () => {
  it('take examples in the order asked for, bytes as shares of 255', () => {
    const { input, labels } = batchOf(examples, [2, 0, 2])
    expect(input.shape).toEqual([3, 1, 2])
    expect([...input.data]).toEqual([204 / 255, 1, 0, 51 / 255, 204 / 255, 1].map(Math.fround))
    expect(labels).toEqual([1, 2, 1])
  })

  it('take floats as they are', () => {
    const floats = { ...examples, values: Float32Array.of(-1, 2, 3, 4, 5, 600) }
    expect([...batchOf(floats, [2, 0]).input.data]).toEqual([5, 600, -1, 2])
  })

  it('come in an order of the seed and the epoch alone, with every example once', () => {
    const order = orderOf(7, 3, 1000)
    expect(orderOf(7, 3, 1000)).toEqual(order)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    for (const other of [orderOf(7, 2, 1000), orderOf(8, 3, 1000)]) {
      const same = other.filter((index, i) => index === order[i]).length
      expect(same).toBeLessThan(12)
    }
  })
})

describe('examples', () => {
  it('have a mean and a standard deviation over all their values', () => {
    const { mean, deviation } = momentsOf(examples)
    expect(mean).toBeCloseTo(0.5, 12)
    expect(deviation).toBeCloseTo(Math.sqrt(7 / 60), 12)
    expect(momentsOf({ ...examples, values: new Float32Array(6).fill(-2) })).toEqual({ mean: -2, deviation: 0 })
  })

  it('can be cut to the first few', () => {
    const first = firstExamples(examples, 2)
    expect(first).toEqual({ shape: [2, 1, 2], values: Uint8Array.of(0, 51, 102, 153), labels: [2, 0] })
    expect(() => firstExamples(examples, 4)).toThrow(/from 1 to 3, found 4/)
    expect(() => firstExamples(examples, 0)).toThrow(/from 1 to 3, found 0/)
  })

  it.each<[Partial<Examples>, RegExp]>([
    [{ labels: [0, 1] }, /a label for each of at least one, shape \[2,...\], found \[3,1,2\]/],
    [{ labels: [0, -1, 1] }, /label of example 1: expected a whole number >= 0, found -1/],
    [{ values: new Uint8Array(5) }, /6 values, found 5/],
    [{ shape: [0, 1, 2], labels: [], values: new Uint8Array() }, /at least one/]
  ])('are refused if their parts do not fit: %j', (change, says) => {
    expect(() => assertExamples({ ...examples, ...change })).toThrow(says)
  })
})

describe('permuted labels', () => {
  const labels = Array.from({ length: 6000 }, (_, n) => (n * n + 3) % 10)

  it('keep how often every label occurs', () => {
    const permuted = permuteLabels(labels, createRandom(1))
    expect([...permuted].sort()).toEqual([...labels].sort())
    expect(permuted).not.toEqual(labels)
    expect(labels[5]).toBe(8)
  })

  it('agree with the true ones no more often than chance', () => {
    const frequency = (label: number) => labels.filter((each) => each === label).length / labels.length
    const chance = Array.from({ length: 10 }, (_, label) => frequency(label) ** 2).reduce((a, b) => a + b)
    const permuted = permuteLabels(labels, createRandom(1))
    const same = permuted.filter((label, n) => label === labels[n]).length / labels.length
    expect(Math.abs(same - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / labels.length))
  })

  it('follow from the seed, whatever else was drawn', () => {
    const set = { shape: [labels.length, 1], values: new Uint8Array(labels.length), labels }
    const used = createRandom(1)
    used.uniform()
    expect(withPermutedLabels(set, used)).toEqual(withPermutedLabels(set, createRandom(1)))
    expect(withPermutedLabels(set, createRandom(2)).labels).not.toEqual(withPermutedLabels(set, createRandom(1)).labels)
  })
})
