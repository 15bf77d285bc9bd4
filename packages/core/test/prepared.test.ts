import {
  attribute,
  competitive,
  createRandom,
  defineMethod,
  explain,
  tensor,
  type Method,
  type MethodContext,
  type PerExample,
  type Tensor
} from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession } from './linear-session.js'

const rows = Array.from({ length: 7 }, (_, label) => [label - 3, 2 - label, (label * label) % 5, 1])
const input = tensor([2, 1, 2, 2], [1, 2, -1, 1, 3, -2, 1, 2])

/** Gradients, prepared for at most `atOnce` labels at a time; records for which labels it was asked. */
function sharing(atOnce: number) {
  const asked: PerExample[] = []
  const factory = defineMethod<{ baseline: boolean }>({
    name: 'sharing',
    cite: 'test',
    defaults: { baseline: false },
    async prepare({ session, input: x, targets, onProgress }, { baseline }) {
      asked.push(targets)
      const labels = Math.min(atOnce, targets[0]!.length)
      const total = 10 * Math.ceil(targets[0]!.length / labels)
      for (const done of [5, 10]) onProgress?.(done, total)
      return {
        labels,
        maps: (from, count) => session.vjp(x, { labels: targets.map((own) => own.slice(from, from + count)) }),
        ...(baseline && { baselineLogits: tensor([2, 1], [1, 2]) })
      }
    }
  })
  return { factory, asked }
}

const gradients: Method = {
  name: 'gradients',
  attribute: ({ session, input: x, targets }) => session.vjp(x, { labels: targets })
}

function contextOf(targets: PerExample, more: Partial<MethodContext> = {}): MethodContext {
  const { session } = linearSession(rows, [1, 2, 2])
  const logits: Tensor = tensor([2, 7], new Float32Array(14))
  return {
    session,
    input,
    logits,
    targets,
    contestants: targets,
    random: createRandom(1),
    note: () => undefined,
    ...more
  }
}

describe('a method that prepares what its labels share', () => {
  const targets = [
    [6, 0, 3, 3, 5],
    [1, 2, 4, 0, 6]
  ]

  it.each([1, 2, 3, 5, 9])('gives the maps of all targets, %i prepared at a time, in their order', async (atOnce) => {
    const { factory, asked } = sharing(atOnce)
    const found = await attribute(factory(), contextOf(targets))
    expect(found).toEqual(await attribute(gradients, contextOf(targets)))
    expect(asked).toHaveLength(Math.ceil(5 / atOnce))
    asked.forEach((own, i) => expect(own).toEqual(targets.map((labels) => labels.slice(i * atOnce))))
  })

  it('hands on the logits at the baseline', async () => {
    const found = await attribute(sharing(2).factory({ baseline: true }), contextOf(targets))
    expect(found.baselineLogits).toEqual(tensor([2, 1], [1, 2]))
  })

  it('tells one progress for all parts', async () => {
    const seen: [number, number][] = []
    await attribute(sharing(2).factory(), contextOf(targets, { onProgress: (done, total) => seen.push([done, total]) }))
    expect(seen.map(([, total]) => total)).toEqual(new Array(6).fill(30))
    expect(seen.map(([done]) => done)).toEqual([...seen.map(([done]) => done)].sort((a, b) => a - b))
    expect(seen.at(-1)).toEqual([30, 30])
  })

  it.each([0, -1, 1.5, 6, NaN])('is refused when it says that it holds %d of five labels', async (labels) => {
    const method = defineMethod({
      name: 'wrong',
      cite: 'test',
      defaults: {},
      prepare: async () => ({ labels, maps: async () => input })
    })
    await expect(attribute(method(), contextOf(targets))).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })
})

describe('a streamed contest', () => {
  const bytesOfAMap = 16 * input.data.length

  it.each([
    [7, 1000, 1],
    [7, 2 * 3 * bytesOfAMap, 1],
    [3, 2 * bytesOfAMap, 3]
  ])(
    'of 7 labels, %i of which are prepared at a time, in %i bytes prepares %i times',
    async (atOnce, memory, times) => {
      const { factory, asked } = sharing(atOnce)
      const { session } = linearSession(rows, [1, 2, 2])
      const run = (base: Method) => explain(session, input, competitive(base, { granularity: 'element' }), { memory })
      const [found, expected] = [await run(factory()), await run(gradients)]
      expect(asked).toHaveLength(times)
      expect(found.contest).toEqual(expected.contest)
      expect(found.attribution).toEqual(expected.attribution)
    }
  )

  it('prepares as many labels for every example, where the examples have different numbers of them', async () => {
    const { factory, asked } = sharing(9)
    const { session } = linearSession(rows, [1, 2, 2])
    const run = (base: Method) =>
      explain(session, input, competitive(base, { granularity: 'element' }), { labels: [1, 2], target: [1, 4] })
    const [found, expected] = [await run(factory()), await run(gradients)]
    expect(found.contestants).toEqual([
      [1, 2],
      [1, 2, 4]
    ])
    expect(asked).toEqual([
      [
        [1, 2, 2],
        [1, 2, 4]
      ]
    ])
    expect(found.contest).toEqual(expected.contest)
  })

  it('tells of the preparation and of the labels in one progress, which never falls', async () => {
    const { session } = linearSession(rows, [1, 2, 2])
    const seen: [number, number][] = []
    const onProgress = (done: number, total: number) => seen.push([done, total])
    const method = competitive(sharing(7).factory(), { granularity: 'element' })
    await explain(session, input, method, { onProgress, memory: 2 * bytesOfAMap })
    expect(seen.map(([done]) => done)).toEqual([...seen.map(([done]) => done)].sort((a, b) => a - b))
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([10 + 14]))
    expect(seen.at(-1)).toEqual([24, 24])
    expect(seen).toHaveLength(2 + 7)
  })

  it('stops between chunks when it is aborted', async () => {
    const abort = new AbortController()
    const { session } = linearSession(rows, [1, 2, 2])
    const method = competitive(sharing(7).factory(), { granularity: 'element' })
    const onProgress = (done: number) => done > 12 && abort.abort(new Error('enough'))
    await expect(explain(session, input, method, { onProgress, memory: 2, signal: abort.signal })).rejects.toThrow(
      'enough'
    )
  })
})
