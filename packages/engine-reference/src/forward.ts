import type { ValueName } from '@agon/core'
import type { Values } from './ops/operator.js'
import { contextOf, inputsOf, operatorOf, type Program } from './program.js'

/** Every value of the graph for one example, in float64; constants included. */
export function runForward(program: Program, input: ArrayLike<number>): Map<ValueName, Values> {
  const { model, constants } = program
  const values = new Map<ValueName, Values>(constants)
  values.set(model.inputs[0]!.name, Float64Array.from(input))
  for (const node of model.nodes) {
    const outputs = operatorOf(node).forward(inputsOf(node, values), contextOf(program, node))
    outputs.forEach((output, o) => values.set(node.outputs[o]!, output))
  }
  return values
}
