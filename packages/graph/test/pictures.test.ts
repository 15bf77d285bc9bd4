import { describe, expect, it } from 'vitest'
import {
  addedConstants,
  allPathsThrough,
  lastPicture,
  pictureValues,
  specialize,
  type StaticModel
} from '../src/index.js'
import { counting, floats, integers, modelOf, node } from './models.js'

const constants = {
  w: counting([2, 2, 1, 1]),
  flat: integers(1, 32),
  groups: integers(1, 1, -1),
  picture: integers(1, 2, 4, 4),
  mixed: integers(1, 4, 2, 4),
  one: counting([1]),
  bias: counting([2]),
  three: counting([3]),
  dense: counting([3, 32]),
  shift: floats([2, 1, 1], [5, -1])
}
const conv = (from: string, to: string) => node('Conv', [from, 'w'], [to])
const dense = (from: string) => [
  node('Reshape', [from, 'flat'], ['row']),
  node('Gemm', ['row', 'dense'], ['logits'], { transB: 1 })
]

function model(...nodes: ReturnType<typeof node>[]): StaticModel {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  const kept = Object.fromEntries(Object.entries(constants).filter(([name]) => used.has(name)))
  return specialize(modelOf(nodes, { input: ['N', 2, 4, 4], constants: kept }), [1, 2, 4, 4])
}

describe('the last picture', () => {
  it('stands behind the last ReLU or pooling before the dense layers', () => {
    const net = model(
      conv('x', 'a'),
      node('Relu', ['a'], ['b']),
      conv('b', 'c'),
      node('Relu', ['c'], ['d']),
      ...dense('d')
    )
    expect(pictureValues(net)).toEqual(['a', 'b', 'c', 'd'])
    expect(lastPicture(net)).toBe('d')
  })

  it('is not one that a path goes round', () => {
    const net = model(conv('x', 'a'), conv('a', 'b'), node('Add', ['a', 'b'], ['c']), ...dense('c'))
    expect(allPathsThrough(net, 'a')).toBe(true)
    expect(allPathsThrough(net, 'b')).toBe(false)
    expect(lastPicture(net)).toBe('c')
    const split = model(
      conv('x', 'a'),
      conv('x', 'b'),
      node('Add', ['a', 'b'], ['c']),
      node('Concat', ['c', 'a'], ['d'], { axis: 1 })
    )
    expect(lastPicture(split)).toBeUndefined()
  })

  it('is neither the input, nor made of it without a convolution, nor a value whose axes were moved', () => {
    expect(lastPicture(model(node('Relu', ['x'], ['a']), ...dense('a')))).toBeUndefined()
    const moved = model(conv('x', 'a'), node('Transpose', ['a'], ['b'], { perm: [0, 2, 3, 1] }), ...dense('b'))
    expect(lastPicture(moved)).toBe('a')
    expect(lastPicture(model(conv('x', 'a'), node('Reshape', ['a', 'mixed'], ['b']), ...dense('b')))).toBe('a')
  })

  it('may have been reshaped, normalized and given its shape back', () => {
    const normalized = [
      node('Reshape', ['a', 'groups'], ['b']),
      node('InstanceNormalization', ['b', 'one', 'one'], ['c']),
      node('Reshape', ['c', 'picture'], ['d']),
      node('Relu', ['d'], ['e'])
    ]
    expect(lastPicture(model(conv('x', 'a'), ...normalized, ...dense('e')))).toBe('e')
  })
})

describe('added constants', () => {
  it('are the biases of layers, with their signs and factors', () => {
    const net = model(
      node('Conv', ['x', 'w', 'bias'], ['a']),
      node('Add', ['shift', 'a'], ['b']),
      node('Sub', ['b', 'shift'], ['c']),
      node('Sub', ['shift', 'c'], ['d']),
      node('Mul', ['d', 'shift'], ['e']),
      node('Reshape', ['e', 'flat'], ['row']),
      node('Gemm', ['row', 'dense', 'three'], ['logits'], { transB: 1, beta: 2 })
    )
    expect(addedConstants(net).map(({ value, shape, data }) => [value, shape, [...data]])).toEqual([
      ['a', [2, 1, 1], [1, 2]],
      ['b', [2, 1, 1], [5, -1]],
      ['c', [2, 1, 1], [-5, 1]],
      ['d', [2, 1, 1], [5, -1]],
      ['logits', [3], [2, 4, 6]]
    ])
  })

  it('of batch normalization are what it adds in effect', () => {
    const parameters = { s: [2, 3], b: [1, -1], m: [4, 5], v: [15, 8] }
    const named = Object.fromEntries(Object.entries(parameters).map(([name, data]) => [name, floats([2], data)]))
    const batch = node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['a'], { epsilon: 1 })
    const net = specialize(modelOf([batch], { input: ['N', 2, 4, 4], constants: named }), [1, 2, 4, 4])
    expect(addedConstants(net)).toEqual([
      { node: 'a', value: 'a', shape: [2, 1, 1], data: Float64Array.of(1 - (2 * 4) / 4, -1 - (3 * 5) / 3) }
    ])
  })
})
