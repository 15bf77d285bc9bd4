import { competitive, competitiveDefaults, defineCompetitive, defineMethod, explain, tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, timesInput } from './linear-session.js'

interface Scaled {
  readonly factor: number
  readonly channelAxis: number | undefined
}

const scaled = defineMethod<Scaled>({
  name: 'scaled',
  cite: 'test',
  defaults: { factor: 2, channelAxis: undefined },
  check: ({ factor }) => {
    if (factor === 0) throw new Error('factor 0')
  },
  attribute: async ({ session, input, targets }, { factor }) => {
    const { shape, data } = await session.vjp(input, { labels: targets })
    return { shape, data: data.map((value) => factor * value) }
  }
})
const competitiveScaled = defineCompetitive('competitive-scaled', scaled)

describe('defineCompetitive', () => {
  const { session } = linearSession(
    [
      [1, -2, 3, 4],
      [4, -3, 2, 1],
      [-1, 5, 1, 0]
    ],
    [1, 2, 2]
  )
  const input = tensor([1, 1, 2, 2], [1, 1, 1, 1])

  it('gives every option to who knows it, and its own name to the method', async () => {
    const method = competitiveScaled({ factor: 3, ties: 'keep' })
    expect(method).toMatchObject({ name: 'competitive-scaled', cite: competitive(scaled()).cite })
    expect(method.options).toEqual({ ...competitiveDefaults, name: 'competitive-scaled', factor: 3, ties: 'keep' })
    const by = competitive(scaled({ factor: 3 }), { ties: 'keep' })
    const [made, expected] = [await explain(session, input, method), await explain(session, input, by)]
    expect(made.attribution).toEqual(expected.attribution)
    expect([...made.attribution.data].some((value) => value !== 0)).toBe(true)
  })

  it('takes a name, and undefined as the default', () => {
    expect(competitiveScaled({ name: 'mine' }).name).toBe('mine')
    const { options, name } = competitiveScaled({ factor: undefined, ties: undefined, name: undefined } as object)
    expect({ options, name }).toEqual({ options: competitiveScaled().options, name: 'competitive-scaled' })
  })

  it('gives an option that both know to both', () => {
    let seen: unknown
    const watched = (options?: Partial<Scaled>) => {
      seen = options
      return scaled(options)
    }
    const method = defineCompetitive('both', watched)({ channelAxis: 2 })
    expect({ seen, axis: (method.options as Scaled).channelAxis }).toEqual({ seen: { channelAxis: 2 }, axis: 2 })
  })

  it('refuses what neither knows under its own name, with the nearest of all', () => {
    expect(() => competitiveScaled({ facto: 1 } as never)).toThrow(
      /option 'facto' of competitive-scaled.*granularity.*factor.*Did you mean 'factor'/
    )
    expect(() => competitiveScaled({ granularty: 'pixel' } as never)).toThrow(/Did you mean 'granularity'/)
    expect(() => defineCompetitive('cgi', timesInput)({ factor: 1 } as never)).toThrow(/option 'factor' of cgi/)
  })

  it('refuses wrong values as the two do', () => {
    expect(() => competitiveScaled({ factor: 0 })).toThrow('factor 0')
    expect(() => competitiveScaled({ ties: 'win' as never })).toThrow(/lose, keep/)
  })
})
