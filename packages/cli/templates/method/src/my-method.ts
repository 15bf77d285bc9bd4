import { AgonError, defineMethod, passOptions, timesEach, type Plugin } from '@agon/core'

export interface MyMethodOptions {
  /** Exponent of the size of what is shown; 1 leaves it as it is. */
  readonly power: number
}

/**
 * my-method, which so far is gradient (.) input, each value v turned into sign(v) |v|^power. Replace formula, source and
 * options by yours.
 */
export const myMethod = defineMethod<MyMethodOptions>({
  name: 'my-method',
  cite: 'Authors, year, title, identifier',
  defaults: { power: 1 },
  check({ power }) {
    if (power > 0) return
    throw new AgonError('AGON_BAD_OPTION', {
      what: "option 'power' of my-method",
      expected: 'a number > 0',
      found: String(power)
    })
  },
  /** Takes L targets for each of N examples, returns `[L, N, ...]`. */
  async attribute(context, { power }) {
    const { session, input, targets } = context
    const gradient = await session.vjp(input, { labels: targets }, passOptions(context))
    const { shape, data } = timesEach(gradient, input)
    return { shape, data: data.map((value) => Math.sign(value) * Math.abs(value) ** power) }
  }
})

export default {
  name: 'agon-method-my-method',
  methods: [{ name: 'my-method', competitive: false, create: myMethod }]
} satisfies Plugin
