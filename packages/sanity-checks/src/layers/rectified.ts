import type { Node, ValueName } from '@agon/core'
import { movesOnly } from './constant-views.js'

/** Zero, or nearly so, for half of the numbers, and nearly the identity for the others. */
const rectifiers = new Set(
  'Relu LeakyRelu PRelu ThresholdedRelu Clip Elu Celu Selu Softplus Gelu HardSwish Mish Erf'.split(' ')
)

/** What leaves numbers spread as they were, or nearly so. */
const passing = new Set(
  'BatchNormalization Add Sub Sum Mul Div Concat Pad MaxPool AveragePool GlobalAveragePool GlobalMaxPool Split'.split(
    ' '
  )
)

/** By value, the nodes that read it. */
export function readersOf(nodes: readonly Node[]): ReadonlyMap<ValueName, readonly Node[]> {
  const readers = new Map<ValueName, Node[]>()
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node])
  }
  return readers
}

/**
 * Whether the first function that is not linear on a way from `value` to the logits is a rectifier. Erf is part of a GELU; a Sigmoid counts where its
 * output meets the value that it is taken of: x sigmoid(x).
 */
export function isRectified(value: ValueName, readers: ReadonlyMap<ValueName, readonly Node[]>): boolean {
  const seen = new Set<ValueName>()
  const waiting = [value]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    for (const node of readers.get(name) ?? []) {
      if (rectifiers.has(node.op) || isSwish(node, name, readers)) return true
      if (passing.has(node.op) || movesOnly(node)) waiting.push(...node.outputs)
    }
  }
  return false
}

function isSwish({ op, outputs }: Node, value: ValueName, readers: ReadonlyMap<ValueName, readonly Node[]>): boolean {
  if (op !== 'Sigmoid' && op !== 'HardSigmoid') return false
  return (readers.get(outputs[0]!) ?? []).some(({ op, inputs }) => op === 'Mul' && inputs.includes(value))
}
