import { describe, expect, it } from 'vitest'
import { netNames, recipes, resolveSettings } from '../src/index.js'

describe.each(netNames)('the recipe of %s', (net) => {
  const { settings } = recipes[net]

  it('has settings that fit takes', () => {
    for (const labels of ['true', 'permuted'] as const) expect(resolveSettings(settings(labels, 60_000)).seed).toBe(0)
  })

  it('learns by heart at a rate that falls as 1 / sqrt(examples), up to 0.001', () => {
    const rate = (examples: number) => settings('permuted', examples).rate!
    expect(rate(200)).toBe(0.001)
    expect(rate(4000)).toBe(0.001)
    expect(rate(16_000)).toBeCloseTo(0.0005, 12)
    expect(rate(60_000) * Math.sqrt(60_000)).toBeCloseTo(rate(30_000) * Math.sqrt(30_000), 12)
  })
})
