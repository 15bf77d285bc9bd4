import {
  AgonError,
  competitive,
  competitiveDefaults,
  createRegistry,
  cutProbabilityHead,
  defineMethod,
  probabilityHead,
  summedAxis,
  sumAxis,
  tensor,
  type Model
} from '@agon/core'
import { describe, expect, it } from 'vitest'

describe('tensor', () => {
  it('refuses extents and values that do not fit', () => {
    expect(() => tensor([2, 3], [1, 2])).toThrow(/\[2,3\].*expected 6 values, found 2/)
    expect(() => tensor([-1], [])).toThrow(AgonError)
    expect(() => tensor([1.5], [1])).toThrow(AgonError)
  })
  it('sums an axis in ascending order with float32 rounding', () => {
    const big = 2 ** 24
    const sum = sumAxis(tensor([1, 3, 1, 1], [big, 1, 1]), 1)
    expect(sum).toEqual({ shape: [1, 1, 1, 1], data: Float32Array.of(big) })
  })
})

describe('registry', () => {
  const registry = createRegistry('method', [{ name: 'gradient' }, { name: 'cgi' }])
  it('finds by name and lists what it knows', () => {
    expect(registry.get('cgi')).toEqual({ name: 'cgi' })
    expect(() => registry.get('gradeint')).toThrow(
      "method 'gradeint': expected one of gradient, cgi, found 'gradeint'. Did you mean 'gradient'?"
    )
  })
  it('is a value: adding makes another, duplicates throw', () => {
    const more = registry.with({ name: 'lrp' })
    expect(more.names).toEqual(['gradient', 'cgi', 'lrp'])
    expect(registry.has('lrp')).toBe(false)
    expect(() => more.with({ name: 'cgi' })).toThrow(/'cgi'/)
  })
})

describe('defineMethod', () => {
  const noisy = defineMethod({
    name: 'noisy',
    cite: 'none',
    defaults: { samples: 50 },
    attribute: async ({ input }) => input
  })
  it('validates options by name and type', () => {
    expect(noisy({ samples: 3 }).name).toBe('noisy')
    expect(() => noisy({ sample: 3 } as never)).toThrow(
      "option 'sample' of noisy: expected one of samples, found 'sample'. Did you mean 'samples'?"
    )
    expect(() => noisy({ samples: '3' as never })).toThrow(/expected a number, found string 3/)
  })
  it('knows no option that merely every object has', () => {
    expect(() => noisy({ constructor: Object } as never)).toThrow(
      "option 'constructor' of noisy: expected one of samples"
    )
  })
  it('carries the value of every option', () => {
    expect(noisy().options).toEqual({ samples: 50 })
    expect(noisy({ samples: 3 }).options).toEqual({ samples: 3 })
    expect(competitive(noisy({ samples: 3 }), { ties: 'keep' }).options).toEqual({
      ...competitiveDefaults,
      samples: 3,
      ties: 'keep'
    })
  })
})

describe('granularity', () => {
  it('sums channels of pictures, nothing of flat inputs, and asks elsewhere', () => {
    expect(summedAxis([1, 3, 8, 8], 'pixel')).toBe(1)
    expect(summedAxis([1, 3, 8, 8], 'element')).toBeUndefined()
    expect(summedAxis([1, 620], 'pixel')).toBeUndefined()
    expect(summedAxis([1, 20, 64], 'pixel', 2)).toBe(2)
    expect(() => summedAxis([1, 20, 64], 'pixel')).toThrow(/channelAxis/)
    expect(() => summedAxis([1, 20, 64], 'pixel', 3)).toThrow(/1 to 2/)
  })
})

describe('logits', () => {
  const node = (op: string, from: string, to: string) => ({
    name: `${op}_${to}`,
    op,
    inputs: [from],
    outputs: [to],
    attributes: {}
  })
  const model = (nodes: Model['nodes']): Model => ({
    name: 'm',
    inputs: [],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 3] }],
    nodes,
    constants: new Map()
  })
  it('finds a softmax behind reshapes and cuts it off', () => {
    const ending = model([node('Gemm', 'x', 'a'), node('Softmax', 'a', 'b'), node('Flatten', 'b', 'y')])
    expect(probabilityHead(ending)?.op).toBe('Softmax')
    const cut = cutProbabilityHead(ending)
    expect(probabilityHead(cut)).toBeUndefined()
    expect(cut.nodes.map(({ op }) => op)).toEqual(['Gemm', 'Identity', 'Flatten'])
    expect(ending.nodes[1]!.op).toBe('Softmax')
  })
  it('leaves a softmax in the middle alone', () => {
    const middle = model([node('Softmax', 'x', 'a'), node('Gemm', 'a', 'y')])
    expect(cutProbabilityHead(middle)).toBe(middle)
  })
})
