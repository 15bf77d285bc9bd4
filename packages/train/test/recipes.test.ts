import { describe, expect, it } from 'vitest'
import { netNames, recipes, resolveSettings } from '../src/index.js'

describe.each(netNames)('the recipe of %s', (net) => {
  const { settings } = recipes[net]

  it('has settings that fit takes', () => {
    for (const labels of ['true', 'permuted'] as const) expect(resolveSettings(settings(labels, 60_000)).seed).toBe(0)
  })

  it('learns more by heart in larger batches, and never faster than a few', () => {
    const at = (examples: number) => settings('permuted', examples)
    const [few, most] = [at(4000), at(60_000)] as const
    expect([few.rate, few.warmup]).toEqual([0.001, 0.05])
    expect(at(8000)).toEqual({ ...most, batch: few.batch })
    expect(most.rate! / most.warmup!).toBeLessThan(few.rate! / few.warmup!)
    expect([200, 14_999, 15_000, 60_000].map((examples) => at(examples).batch! / few.batch!)).toEqual([1, 1, 2, 8])
  })

  it('lets the weights of true labels decay only', () => {
    expect(settings('true', 60_000).decay).toBeGreaterThan(0)
    expect(settings('permuted', 60_000).decay).toBeUndefined()
  })
})
