import type { AgonErrorCode, Model } from '@agon/core'
import { inferShapes } from '@agon/graph'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { plannedSwaps, smooth, type SmoothOptions } from '../src/index.js'

const relu = { to: 'softplus', beta: 10 } as const
const maxPool = { to: 'log-sum-exp', temperature: 5 } as const
const window = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 1, 0, 1], ceil_mode: 1 }

const net: Model = {
  ...modelOf('net', [2, 6, 6], (b) => {
    const first = b.add('MaxPool', [b.add('Relu', [b.input])], { ...window, storage_order: 0 })
    const bounded = b.add('Clip', [b.add('Relu', [first]), b.floats([], [0]), b.floats([], [6])])
    return b.add('Flatten', [b.add('GlobalMaxPool', [bounded])])
  }),
  labels: ['a', 'b']
}
const [relu0, pool1, relu2] = net.nodes.map(({ name }) => name) as [string, string, string]
const ops = (model: Model): readonly string[] => model.nodes.map(({ op }) => op)

describe('smooth', () => {
  it('swaps what it is told by operator, and keeps names, attributes and the rest', () => {
    const smoothed = smooth(net, { relu, maxPool: { ...maxPool, mean: true } })
    expect(ops(smoothed)).toEqual(['Softclip', 'LogSumExpPool', 'Softclip', 'Clip', 'GlobalLogSumExpPool', 'Flatten'])
    expect(smoothed.nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual(
      net.nodes.map(({ name, outputs }) => [name, ...outputs])
    )
    expect(smoothed.nodes[0]!.attributes).toEqual({ beta: 10, min: 0 })
    expect(smoothed.nodes[1]!.attributes).toEqual({ ...window, temperature: 5, mean: 1 })
    expect(smoothed.nodes[4]!.attributes).toEqual({ temperature: 5, mean: 1 })
    expect({ ...smoothed, nodes: [] }).toEqual({ ...net, nodes: [] })
    expect(inferShapes(smoothed)).toEqual(inferShapes(net))
  })

  it('leaves the given model untouched, and drops constants that nobody reads any more', () => {
    const before = structuredClone(net)
    const smoothed = smooth(net, { clip: relu })
    expect(net).toEqual(before)
    expect(smoothed.constants.size).toBe(0)
    expect(smoothed.nodes[3]!.attributes).toEqual({ beta: 10, min: 0, max: 6 })
  })

  it('swaps by node: a choice of its own, those named alone, or all but some', () => {
    const own = smooth(net, { relu, nodes: { [relu2]: { to: 'softplus', beta: 3 } } })
    expect(own.nodes.map(({ attributes }) => attributes['beta'])).toEqual([
      10,
      undefined,
      3,
      ...[0, 0, 0].map(() => undefined)
    ])
    expect(ops(smooth(net, { nodes: { [pool1]: maxPool } }))).toEqual(['Relu', 'LogSumExpPool', ...ops(net).slice(2)])
    expect(ops(smooth(net, { relu, nodes: { [relu0]: 'keep' } })).slice(0, 3)).toEqual(['Relu', 'MaxPool', 'Softclip'])
    expect(plannedSwaps(net, { relu, maxPool, only: [relu2, pool1] })).toEqual([
      { node: pool1, op: 'MaxPool', choice: { ...maxPool, mean: false } },
      { node: relu2, op: 'Relu', choice: relu }
    ])
  })

  it('gives new values names of their own', () => {
    const leaky = modelOf('leaky', [3], (b) => b.add('LeakyRelu', [b.add('LeakyRelu', [b.input])]))
    const [first, second] = leaky.nodes
    const clash = { ...leaky, nodes: [{ ...first!, name: `${second!.name}/Softclip` }, second!] }
    const { nodes } = smooth(clash, { leakyRelu: relu })
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(8)
    expect(new Set(nodes.flatMap(({ outputs }) => outputs)).size).toBe(8)
  })
})

const wrong: readonly (readonly [string, unknown, AgonErrorCode, RegExp])[] = [
  [
    'no option',
    {},
    'AGON_BAD_OPTION',
    /an option that names what to smooth, found 2 Relu \(option 'relu'\), 1 MaxPool/
  ],
  [
    'an operator that is not there',
    { hardSwish: relu },
    'AGON_BAD_OPTION',
    /a node that 'hardSwish' goes for, found 2 Relu/
  ],
  ['an unknown option', { rleu: relu }, 'AGON_BAD_OPTION', /option 'rleu' of smooth.*Did you mean 'relu'\?/],
  [
    'a choice of another kind',
    { relu: maxPool },
    'AGON_BAD_OPTION',
    /option 'relu': 'to'.*softplus, found 'log-sum-exp'/
  ],
  ['a misspelled kind', { relu: { to: 'sofplus', beta: 1 } }, 'AGON_BAD_OPTION', /Did you mean 'softplus'\?/],
  ['an unknown part', { relu: { ...relu, bta: 1 } }, 'AGON_BAD_OPTION', /option 'bta' of option 'relu'.*'beta'\?/],
  [
    'no beta',
    { relu: { to: 'softplus' } },
    'AGON_BAD_OPTION',
    /option 'relu': 'beta': expected a finite number > 0, found undefined/
  ],
  ['beta 0', { relu: { to: 'softplus', beta: 0 } }, 'AGON_BAD_OPTION', /finite number > 0, found 0/],
  ['beta beyond float32', { relu: { to: 'softplus', beta: 1e39 } }, 'AGON_BAD_OPTION', /found 1e\+39/],
  ['temperature NaN', { maxPool: { ...maxPool, temperature: NaN } }, 'AGON_BAD_OPTION', /'temperature'.*found NaN/],
  ['a wrong mean', { maxPool: { ...maxPool, mean: 'yes' } }, 'AGON_BAD_OPTION', /option 'mean'.*a boolean/],
  ['an unknown node', { nodes: { [`${pool1}x`]: maxPool } }, 'AGON_UNKNOWN_NAME', /Did you mean 'maxpool1'\?/],
  ['an unknown node alone', { relu, only: ['rellu0'] }, 'AGON_UNKNOWN_NAME', /Did you mean 'relu0'\?/],
  [
    'a node that is smooth',
    { nodes: { [net.nodes[5]!.name]: relu } },
    'AGON_BAD_OPTION',
    /expected a node of Relu, .*, found Flatten/
  ],
  [
    'a choice that does not fit the node',
    { nodes: { [relu0]: maxPool } },
    'AGON_BAD_OPTION',
    /node 'relu0': 'to'.*softplus/
  ]
]

describe('what cannot be smoothed', () => {
  it.each(wrong)('%s is refused', (_, options, code, says) => {
    const attempt = (): unknown => smooth(net, options as SmoothOptions)
    expect(attempt).toThrow(expect.objectContaining({ code }))
    expect(attempt).toThrow(says)
  })

  it('is a pooling whose indices are used, and a Clip whose bounds are computed or cross', () => {
    const refused = (model: Model, options: SmoothOptions, says: RegExp): void => {
      expect(() => smooth(model, options)).toThrow(expect.objectContaining({ code: 'AGON_UNSUPPORTED_OPERATOR' }))
      expect(() => smooth(model, options)).toThrow(says)
    }
    const [pool] = net.nodes.slice(1)
    const indices = {
      ...net,
      nodes: [net.nodes[0]!, { ...pool!, outputs: [pool!.outputs[0]!, 'at'] }, ...net.nodes.slice(2)]
    }
    expect(ops(smooth(indices, { maxPool }))[1]).toBe('LogSumExpPool')
    refused(
      { ...indices, outputs: [{ name: 'at', dtype: 'int64', shape: [] }] },
      { maxPool },
      /output 1 of MaxPool node/
    )
    const bounded = modelOf('clip', [3], (b) => b.add('Clip', [b.input, b.floats([], [2])]))
    const computed = { ...bounded, nodes: [{ ...bounded.nodes[0]!, inputs: ['x', 'x'] }] }
    refused(computed, { clip: relu }, /input 1 .*one constant number, found a computed value.*'keep'/)
    const crossed = modelOf('clip', [3], (b) => b.add('Clip', [b.input, b.floats([], [2]), b.floats([], [1])]))
    refused(crossed, { clip: relu }, /bounds of Clip node .*min < max, found 2 and 1/)
  })
})
