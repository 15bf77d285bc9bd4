import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { hasRules, specialize, surrogate } from '../src/index.js'

const net = modelOf('net', [4], (b) => {
  const hidden = b.add('Relu', [b.add('Gemm', [b.input, b.weights([4, 3]), b.weights([3])])])
  return b.add('Gemm', [hidden, b.weights([3, 2])])
})
const fixed = specialize(net, [1, 4])
const ops = (model: { nodes: readonly { op: string }[] }): string[] => model.nodes.map(({ op }) => op)

describe('the surrogate of backward rules', () => {
  it('is the model itself where no rule is named', () => {
    const { model, wrt, stacked } = surrogate(fixed, {})
    expect(model.nodes).toEqual(fixed.nodes)
    expect([wrt, stacked]).toEqual(['x', false])
  })

  it('holds what a rule puts in the place of a node, and can be specialised', () => {
    const guided = surrogate(fixed, { byOp: { Relu: 'guided' } }).model
    expect(ops(guided)).toEqual(['Gemm', 'Relu', 'Rectify', 'Gemm'])
    expect(ops(specialize(guided, [1, 4]))).toEqual(ops(guided))
    expect(ops(surrogate(fixed, { byOp: { Relu: 'deconvnet' } }).model)).toEqual([
      'Gemm',
      'Relu',
      'Rectify',
      'Through',
      'Gemm'
    ])
  })

  it('asks the rule of the node before that of its operator, and takes the true derivative by name', () => {
    const relu = fixed.nodes[1]!.name
    const rules = { byOp: { Relu: 'guided' }, byNode: { [relu]: 'vjp' } }
    expect(surrogate(fixed, rules).model.nodes).toEqual(fixed.nodes)
  })

  it('has a value to ask for relevances, of the shape of the value they are of', () => {
    for (const value of ['x', fixed.nodes[1]!.outputs[0]!]) {
      const { model, wrt } = surrogate(fixed, { carries: 'relevance' }, value)
      expect(wrt).not.toBe(value)
      expect(specialize(model, [1, 4]).shapes.get(wrt)).toEqual(fixed.shapes.get(value))
    }
  })

  it('refuses rules that no node has, and values that are not there', () => {
    expect(() => surrogate(fixed, { byOp: { Sigmoid: 'guided' } })).toThrow(/Gemm, Relu/)
    expect(() => surrogate(fixed, {}, 'gemm0_otu')).toThrow(/Did you mean 'gemm0_out'/)
  })

  it('is asked for by rules that change the pass only', () => {
    expect([undefined, {}, { byOp: {} }, { carries: 'derivative' } as const].map(hasRules)).not.toContain(true)
    expect([{ byOp: { Relu: 'vjp' } }, { seeds: 'relevance' } as const].map(hasRules)).toEqual([true, true])
  })
})
