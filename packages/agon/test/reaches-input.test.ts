import { describe, expect, it } from 'vitest'
import type { Model, Node } from '@agon/core'
import { derivativeReachesInput } from '../src/index.js'

/** Nodes in a row from `x` [N,4] to the last one's output. */
function chain(...nodes: readonly (readonly [op: string, inputs: readonly string[]])[]): Model {
  const made = nodes.map(([op, inputs], i): Node => ({ name: `n${i}`, op, inputs, outputs: [`v${i}`], attributes: {} }))
  return {
    name: 'chain',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 4] }],
    outputs: [{ name: `v${nodes.length - 1}`, dtype: 'float32', shape: ['N', 4] }],
    nodes: made,
    constants: new Map([['table', { dtype: 'float32', shape: [9, 2], data: new Float32Array(18) }]])
  }
}

describe('derivativeReachesInput', () => {
  it('follows differentiable operators', () => {
    expect(derivativeReachesInput(chain(['Relu', ['x']], ['Tanh', ['v0']]))).toBe(true)
    expect(derivativeReachesInput(chain(['Floor', ['x']], ['Tanh', ['v0']]))).toBe(false)
    expect(derivativeReachesInput(chain(['Floor', ['x']], ['Add', ['v0', 'x']]))).toBe(true)
  })

  it('does not pass through indices of a table', () => {
    expect(derivativeReachesInput(chain(['Gather', ['table', 'x']], ['Relu', ['v0']]))).toBe(false)
    const ids = chain(['Relu', ['x']])
    expect(derivativeReachesInput({ ...ids, inputs: [{ ...ids.inputs[0]!, dtype: 'int64' }] })).toBe(false)
  })
})
