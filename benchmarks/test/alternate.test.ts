import { describe, expect, it } from 'vitest'
import { alternate, type Contender } from '../src/alternate.js'

const constant =
  (core_s: number, more = {}) =>
  async () => ({ core_s, wall_s: core_s / 2, ...more })

function contender(name: string, sample: Contender['sample'], more: Partial<Contender> = {}): Contender {
  return { name, counts: [1, 2], sample, optional: true, ...more }
}

describe('alternation', () => {
  it('takes turns and keeps the samples of every system and count', async () => {
    const order: string[] = []
    const note = (name: string) => async (n: number) => {
      order.push(`${name}${n}`)
      return { core_s: n, wall_s: n, peak_mb: order.length, other_cores: 0.5 }
    }
    const { systems } = await alternate([contender('a', note('a')), contender('b', note('b'))], {
      rounds: 2,
      seconds: 99
    })
    expect(order).toEqual(['a1', 'a2', 'b1', 'b2', 'a1', 'a2', 'b1', 'b2'])
    expect(systems[0]).toMatchObject({
      name: 'a',
      other_cores: 0.5,
      points: [{ n: 1, samples: 2, peak_mb: 5 }, { n: 2 }]
    })
  })

  it('begins no round that would end too late, but always makes one', async () => {
    let clock = 0
    const slow = contender('slow', async () => ({ core_s: (clock += 10), wall_s: 1 }))
    const rounds = async (seconds: number) => {
      clock = 0
      const { systems } = await alternate([slow], { rounds: 5, seconds, now: () => clock })
      return systems[0]!.points[0]!.samples
    }
    expect(await rounds(1)).toBe(1)
    expect(await rounds(45)).toBe(2)
    expect(await rounds(1000)).toBe(5)
  })

  it('leaves a failing peer out with its reason and goes on', async () => {
    const failing = contender('bad', async () => Promise.reject(new Error('out of memory')))
    const { systems, skipped } = await alternate([failing, contender('good', constant(1))], { rounds: 2, seconds: 99 })
    expect(systems.map(({ name }) => name)).toEqual(['good'])
    expect(skipped).toEqual(['bad: out of memory'])
  })

  it('does not go on without agon', async () => {
    const own = contender('agon', async () => Promise.reject(new Error('it broke')), { optional: false })
    await expect(alternate([own], { rounds: 1, seconds: 9 })).rejects.toThrow('it broke')
  })

  it('asks for the memory at the end', async () => {
    const { systems } = await alternate([contender('a', constant(1), { peak: async () => 77 })], {
      rounds: 1,
      seconds: 9
    })
    expect(systems[0]!.peak_mb).toBe(77)
  })
})
