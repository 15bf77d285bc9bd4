import type { Model } from '@agon/core'
import { schemaOf } from '@agon/graph'
import type { FunctionProto } from './decode.js'
import type { RawNode } from './raw-node.js'

/** The domain of operators of our own. */
export const ownDomain = 'agon'

/**
 * Operators of our own that steer the backward pass (Detach, Through, Rectify) are written as calls of functions of domain `agon` that give their first
 * input: every runtime computes the model's values, and `readOnnx` takes the calls for what they are.
 */
export function ownFunctions({ nodes }: Model, version: number): readonly FunctionProto[] {
  const used = [...new Set(nodes.map(({ op }) => op))].filter((op) => schemaOf(op)?.domain === ownDomain).sort()
  return used.map((op) => {
    const inputs = Array.from({ length: schemaOf(op)!.inputs[1] }, (_, i) => `x${i}`)
    return {
      name: op,
      domain: ownDomain,
      input: inputs,
      output: ['y'],
      node: [{ name: 'value', opType: 'Identity', input: [inputs[0]!], output: ['y'] }],
      opsetImport: [{ domain: '', version }]
    }
  })
}

/** Whether a node calls an operator of our own, which is not to be replaced by its function's body. */
export function isOwnCall({ domain, op }: Pick<RawNode, 'domain' | 'op'>): boolean {
  return domain === ownDomain && schemaOf(op)?.domain === ownDomain
}
