import type { Model, ValueName } from '@agon/core'
import { differentiability, type Derivative } from '@agon/graph'

/** The inputs that something goes back to. */
const passing: Partial<Record<Derivative, (inputs: readonly ValueName[]) => readonly ValueName[]>> = {
  exact: (inputs) => inputs,
  'table only': (inputs) => inputs.slice(0, 1),
  steered: (inputs) => inputs.slice(-1)
}

/**
 * Whether a derivative can get from the model's output to its input: some path from the input to the output leads through
 * differentiable operators only. Where none does (word indices into a table, for example), every attribution is 0.
 */
export function derivativeReachesInput(model: Model): boolean {
  const alive = new Set<ValueName>(model.inputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name))
  const rows = differentiability(model)
  model.nodes.forEach(({ inputs, outputs }, i) => {
    const { derivative } = rows[i]!
    const passes = passing[derivative]?.(inputs) ?? []
    if (passes.some((name) => alive.has(name))) for (const name of outputs) alive.add(name)
  })
  return model.outputs.some(({ name }) => alive.has(name))
}
