import { describe, expect, it } from 'vitest'
import { netNames, recipes, resolveSettings } from '../src/index.js'

describe.each(netNames)('the recipe of %s', (net) => {
  const { settings } = recipes[net]

  it('has settings that fit takes', () => {
    for (const labels of ['true', 'permuted'] as const) expect(resolveSettings(settings(labels, 60_000)).seed).toBe(0)
  })

  it('learns more by heart in larger batches, and at a smaller rate from 4000 on', () => {
    const at = (examples: number) => settings('permuted', examples)
    const rates = [200, 4000, 8000, 60_000].map((examples) => at(examples).rate!)
    expect(rates.slice(0, 2)).toEqual([0.001, 0.001])
    expect(rates[2]).toBeLessThan(0.001)
    expect(rates[3]).toBe(rates[2])
    expect([200, 14_999, 15_000, 60_000].map((examples) => at(examples).batch! / at(200).batch!)).toEqual([1, 1, 2, 8])
  })
})
