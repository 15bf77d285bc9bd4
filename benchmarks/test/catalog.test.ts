import { describe, expect, it } from 'vitest'
import { models, ownCounts, ownPair, peerCounts } from '../src/catalog.js'

describe('the models', () => {
  it.each(models)('$name is timed at counts that it has, and at both ends of its lines', (model) => {
    for (const full of [false, true]) {
      const [own, peer] = [ownCounts(model, full), peerCounts(model, full)]
      for (const n of [...own, ...peer]) expect(n).toBeLessThanOrEqual(model.labels)
      expect(own).toEqual(expect.arrayContaining([...ownPair(model, full)]))
      expect(peer).toEqual(expect.arrayContaining([...model.peerPair]))
      for (const counts of [own, peer]) expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b))
    }
  })

  it.each(models)('$name is timed at 10, 100, 1000 and all labels in a full run', (model) => {
    const wanted = [10, 100, 1000, model.labels].filter((n) => n <= model.labels)
    expect(ownCounts(model, true)).toEqual(expect.arrayContaining(wanted))
  })

  it.each(models)('$name has no peer of another precision', ({ torch }) => {
    expect([...torch.always, ...torch.full].filter((spec) => /bf16|autocast/.test(spec))).toEqual([])
    expect(torch.always.length).toBeGreaterThan(0)
  })
})
