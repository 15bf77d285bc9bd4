import { createRandom, explain, rowsOf, tensor, type Session, type Tensor } from '@agon/core'
import { rise } from '@agon/methods'
import { modelOf, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { maskBytes, smoothMasks } from '../src/perturbation/rise-masks.js'
import { engine, normals } from './nets.js'

const planes = { channels: 2, height: 9, width: 13 }
const size = 9 * 13

function masksOf(count: number, cells = 3, probability = 0.5, seed = 1) {
  const random = createRandom(seed)
  const masks = smoothMasks(planes, cells, probability, count, (k) => random.fork('mask', k))
  const all = Array.from({ length: count }, (_, k) => {
    const mask = new Float32Array(size)
    masks.write(k, mask)
    return mask
  })
  return { masks, all }
}

describe('masks of RISE', () => {
  it.each([
    [3, 0.5],
    [4, 0.2],
    [20, 0.7]
  ])('with %i cells let %d through at every position, in the mean', (cells, probability) => {
    const count = 4000
    const { all } = masksOf(count, cells, probability)
    for (let i = 0; i < size; i++) {
      const mean = all.reduce((sum, mask) => sum + mask[i]!, 0) / count
      expect(Math.abs(mean - probability)).toBeLessThan(5 * Math.sqrt((probability * (1 - probability)) / count))
    }
  })

  it('are linear between nodes that are a cell apart, and 0 or 1 at nodes', () => {
    const { all } = masksOf(40)
    // Nodes of 3 cells on 9 x 13 positions are 3 and 5 apart: in every column, second differences vanish but at every third place.
    for (const mask of all) {
      const bends = new Set<number>()
      for (let x = 0; x < 13; x++) {
        for (let y = 1; y < 8; y++) {
          const at = y * 13 + x
          if (Math.abs(mask[at - 13]! - 2 * mask[at]! + mask[at + 13]!) > 1e-6) bends.add(y % 3)
        }
      }
      expect(bends.size).toBeLessThanOrEqual(1)
      expect(Math.min(...mask)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...mask)).toBeLessThanOrEqual(1)
    }
  })

  it('are shifted by every number of positions', () => {
    const bends = new Set(
      masksOf(60).all.flatMap((mask) =>
        [0, 1, 2].filter((phase) => {
          const at = (phase === 0 ? 3 : phase) * 13
          return Array.from({ length: 13 }, (_, x) =>
            Math.abs(mask[at - 13 + x]! - 2 * mask[at + x]! + mask[at + 13 + x]!)
          ).some((bend) => bend > 1e-6)
        })
      )
    )
    expect([...bends].sort()).toEqual([0, 1, 2])
  })

  it.each([1, 3, 5, 40])('with %i cells are summed with weights as one by one', (cells) => {
    const count = 30
    const { masks, all } = masksOf(count, cells)
    const weights = Float64Array.from(normals(1, count).data)
    const expected = Float64Array.from({ length: size }, (_, i) =>
      all.reduce((sum, mask, k) => sum + weights[k]! * mask[i]!, 0)
    )
    expect(relativeError(Float32Array.from(masks.weightedSum(weights)), Float32Array.from(expected))).toBeLessThan(1e-6)
  })

  it('take the bytes that are told', () => {
    expect(maskBytes(3, 10)).toBe(10 * (25 + 4 + 4))
  })
})

describe('rise', () => {
  const model = modelOf(
    'product',
    [2, 9, 13],
    (b) => b.add('Tanh', [b.add('Gemm', [b.add('Flatten', [b.input]), b.weights([2 * size, 3], 0.2)])]),
    3
  )
  const input = { shape: [2, 2, 9, 13], data: normals(2, 2 * size).data }
  const baseline: Tensor = { shape: [1, 2, 9, 13], data: normals(1, 2 * size, 4).data }

  /** The copies that the session was given, and their logits. */
  async function watched(options: object) {
    const session = await engine.load(model)
    const copies: Float32Array[] = []
    const forward: Session['forward'] = (x) => {
      copies.push(...rowsOf(x))
      return session.forward(x)
    }
    const found = await explain({ ...session, forward }, input, rise(options), { target: 1, seed: 5 })
    const logits = rowsOf(
      await session.forward(
        tensor(
          [copies.length, 2, 9, 13],
          copies.flatMap((copy) => [...copy])
        )
      )
    )
    return { copies: copies.slice(2), scores: logits.slice(2).map((row) => row[1]!), map: rowsOf(found.attribution) }
  }

  it.each([false, true])(
    'is the mean of scores times masks over the expectation of a mask, centered %s',
    async (centered) => {
      const [samples, probability] = [12, 0.4]
      const { copies, scores, map } = await watched({ samples, probability, cells: 3, baseline, centered })
      expect(copies).toHaveLength(2 * samples)
      for (const n of [0, 1]) {
        const own = scores.slice(n * samples, (n + 1) * samples)
        const mean = centered ? own.reduce((sum, score) => sum + score, 0) / samples : 0
        const expected = Float32Array.from({ length: 2 * size }, (_, i) => {
          const at = n * 2 * size + (i % size)
          let sum = 0
          own.forEach((score, k) => {
            // The mask, from what it left of the first channel.
            const mask =
              (copies[n * samples + k]![i % size]! - baseline.data[i % size]!) /
              (input.data[at]! - baseline.data[i % size]!)
            sum += (score - mean) * mask
          })
          return sum / (probability * samples)
        })
        expect(relativeError(map[n]!, expected)).toBeLessThan(1e-4)
      }
    }
  )

  it('shows the same share of all channels', async () => {
    const { copies } = await watched({ samples: 4, baseline })
    for (const [k, copy] of copies.entries()) {
      const from = Math.floor(k / 4) * 2 * size
      for (let i = 0; i < size; i++) {
        const [one, two] = [i, i + size].map(
          (at) => (copy[at]! - baseline.data[at]!) / (input.data[from + at]! - baseline.data[at]!)
        )
        expect(one!).toBeCloseTo(two!, 3)
      }
    }
  })

  it('with every node let through is the logit everywhere, and 0 if centered', async () => {
    const { copies, scores, map } = await watched({ samples: 3, probability: 1 })
    copies.forEach((copy, k) => expect(relativeError(copy, rowsOf(input)[Math.floor(k / 3)]!)).toBeLessThan(1e-6))
    map.forEach((row, n) => row.forEach((value) => expect(value).toBeCloseTo(scores[3 * n]!, 5)))
    const centered = (await watched({ samples: 3, probability: 1, centered: true })).map
    centered.forEach((row) => row.forEach((value) => expect(value).toBeCloseTo(0, 5)))
  })

  it.each([
    [{ samples: 0 }, /'samples' of rise/],
    [{ cells: 0 }, /'cells' of rise/],
    [{ probability: 0 }, /'probability' of rise: expected a number above 0 and at most 1, found 0/],
    [{ probability: NaN }, /found NaN/],
    [{ masks: 3 }, /'masks' of rise/]
  ])('refuses %j', (options, message) => {
    expect(() => rise(options as never)).toThrow(message)
    expect(() => rise(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })
})
