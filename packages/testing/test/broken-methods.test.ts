import type { Method, MethodContext, Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMethod, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { failures } from './collect.js'

const engine = createReferenceEngine()

interface Options {
  readonly scale?: number
}

/** A sound method: the gradient, scaled. */
const attributeBy =
  ({ scale = 1 }: Options) =>
  async ({ session, input, targets, signal, memory }: MethodContext): Promise<Tensor> => {
    const options = { ...(signal && { signal }), ...(memory !== undefined && { memory }) }
    const { shape, data } = await session.vjp(input, { labels: targets }, options)
    return { shape, data: data.map((value) => scale * value) }
  }

const sound = (options: Options = {}): Method => {
  const unknown = Object.keys(options).find((name) => name !== 'scale')
  if (unknown !== undefined) throw Object.assign(new Error(unknown), { code: 'AGON_BAD_OPTION' })
  return { name: 'sound', cite: 'made up', options: { scale: 1, ...options }, attribute: attributeBy(options) }
}

/** The sound method with its maps changed. */
const changed =
  (change: (map: Tensor, context: MethodContext) => Tensor | Promise<Tensor>) =>
  (options: Options = {}): Method => ({
    ...sound(options),
    attribute: async (context) => change(await attributeBy(options)(context), context)
  })

const scaled = ({ shape, data }: Tensor, by: (i: number) => number): Tensor => ({
  shape,
  data: data.map((value, i) => value * by(i))
})

let calls = 0

function onceOnly(options?: Options): Method {
  let used = false
  return changed((map) => {
    if (used) throw new Error('used before')
    used = true
    return map
  })(options)
}

const broken: readonly (readonly [what: string, factory: (options?: Options) => Method, fails: RegExp])[] = [
  ['no source', (options) => ({ ...sound(options), cite: '' }), /^has a name and a source$/],
  ['a name of several words', (options) => ({ ...sound(options), name: 'My Method' }), /^has a name and a source$/],
  [
    'no body',
    (options) => ({ name: 'a', cite: 'b', options: sound(options).options! }),
    /^is one backward pass or a program$/
  ],
  [
    'options that it keeps to itself',
    (options) => ({ ...sound(options), options: {} }),
    /^says the value of every option$/
  ],
  ['options whose names nobody checks', () => sound(), /^refuses a misspelled option$/],
  [
    'options that must be given',
    (options) => sound({ scale: options!.scale!.valueOf() }),
    /^can be made without options$/
  ],
  [
    'a map without labels',
    changed(({ shape, data }) => ({ shape: shape.slice(1), data })),
    /maps have the input's shape/
  ],
  [
    'a map of half the size',
    changed(({ shape, data }) => ({
      shape: [...shape.slice(0, -1), shape.at(-1)! / 2],
      data: data.slice(0, data.length / 2)
    })),
    /maps have the input's shape/
  ],
  ['NaN', changed((map) => scaled(map, (i) => (i === 3 ? NaN : 1))), /maps have the input's shape and finite values/],
  ['chance without the seed', changed((map) => scaled(map, () => Math.random())), /the same seed gives the same bits/],
  ['a memory of earlier calls', changed((map) => scaled(map, () => ++calls)), /the same seed gives the same bits/],
  [
    'a hand in the input',
    changed((map, { input }) => ((input.data[0]! += 1), map)),
    /the same seed gives the same bits, and the input is not written to/
  ],
  [
    'an eye on the rest of the batch',
    changed((map, { input }) => scaled(map, () => input.data.reduce((sum, value) => sum + value, 0))),
    /an example's map does not depend on the rest of the batch/
  ],
  [
    'the first target for all',
    changed(async (_, context) => {
      const { shape, data } = await attributeBy({})({ ...context, targets: context.targets.map(([first]) => [first!]) })
      const count = context.targets[0]!.length
      return {
        shape: [count, ...shape.slice(1)],
        data: Float32Array.from({ length: count * data.length }, (_, i) => data[i % data.length]!)
      }
    }),
    /several targets at once are each target on its own/
  ],
  [
    'an eye on the other targets',
    changed((map, { targets }) => scaled(map, () => targets[0]!.length)),
    /several targets at once|in a competition/
  ],
  [
    'an eye on the byte budget',
    changed((map, { memory = 1 }) => scaled(map, () => 1 + 1 / memory)),
    /maps do not depend on the byte budget/
  ],
  [
    'deaf ears to an abort',
    (options) => ({
      ...sound(options),
      attribute: ({ session, input, targets }) => session.vjp(input, { labels: targets })
    }),
    /stops when it is aborted/
  ],
  [
    'a pass and a program that differ',
    (options) => ({ ...sound(options), pass: { cotangent: 'one', multiply: 'input' } }),
    /in a competition it keeps its own values or nothing/
  ],
  ['a second use that fails', onceOnly, /SmoothGrad without noise gives its own map/],
  [
    'an eye on the first input it saw',
    (options) => {
      let first: Tensor | undefined
      return changed((_, context) => attributeBy(options ?? {})({ ...context, input: (first ??= context.input) }))(
        options
      )
    },
    /the same seed gives the same bits/
  ],
  ['0 for all', changed((map) => scaled(map, () => 0)), /in a competition it keeps its own values or nothing/]
]

describe('testMethod', () => {
  const suite = (factory: (options?: Options) => Method, matching?: RegExp) =>
    failures((runner) => testMethod(factory, { engine, runner, options: { scale: 2 }, models: [tinyMlp()] }), matching)

  it('finds nothing wrong with a sound method', async () => {
    expect(await suite(sound)).toEqual(new Map())
  })

  it.each(broken)('finds %s', async (_, factory, fails) => {
    expect((await suite(factory, fails)).size).toBeGreaterThan(0)
  })
})
