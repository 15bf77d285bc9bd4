import type { Node, ValueName } from '@agon/core'
import type { StaticModel } from '../static-model.js'

const never = ['Relu', 'Sigmoid', 'HardSigmoid', 'Softplus', 'Softmax', 'Exp', 'Sqrt', 'Abs']
const whereInputIs =
  'MaxPool AveragePool GlobalAveragePool GlobalMaxPool ReduceMean ReduceMax Reshape Flatten Squeeze Unsqueeze Identity Dropout Transpose Slice Split Expand Tile'.split(
    ' '
  )

/** Whether a value is known to be 0 or above, whatever the input: it comes from an operator that never gives less. */
export function isNonNegative(
  { producers }: { readonly producers: ReadonlyMap<ValueName, Node> },
  value: ValueName
): boolean {
  for (let node = producers.get(value); node !== undefined; node = producers.get(node.inputs[0]!)) {
    if (never.includes(node.op)) return true
    if (!whereInputIs.includes(node.op)) return false
  }
  return false
}

/** The nodes that make a model's values. */
export function producersOf({ nodes }: StaticModel): ReadonlyMap<ValueName, Node> {
  return new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
}
