import { createRandom, type Model, type Node } from '@agon/core'
import { inferShapes } from '@agon/graph'

/**
 * The model with Detach, Through and Rectify behind some of its values, drawn from a seed: later nodes read Rectify(v), Through(v, v / 2), or
 * v Detach(sigmoid(v)). Logits are the same but for the factors of the last.
 */
export function withSteering(model: Model, seed: number, share = 0.3): Model {
  const random = createRandom(seed).fork('steering')
  const types = inferShapes(model)
  const now = new Map<string, string>()
  const nodes: Node[] = []
  const constants = new Map(model.constants)
  constants.set('steering/half', { dtype: 'float32', shape: [], data: Float32Array.of(0.5) })
  const add = (op: string, ...inputs: readonly string[]): string => {
    const name = `steering/${op}_${nodes.length}`
    nodes.push({ name, op, inputs, outputs: [name], attributes: {} })
    return name
  }
  const steer = [
    (v: string) => add('Rectify', v),
    (v: string) => add('Through', v, add('Mul', v, 'steering/half')),
    (v: string) => add('Mul', v, add('Sigmoid', add('Detach', v)))
  ]
  for (const node of model.nodes) {
    nodes.push({ ...node, inputs: node.inputs.map((name) => now.get(name) ?? name) })
    for (const value of node.outputs) {
      const isFloat = types.get(value)?.dtype === 'float32' && !model.constants.has(value)
      if (isFloat && random.uniform() < share) now.set(value, steer[random.integer(3)]!(value))
    }
  }
  const outputs = model.outputs.map((output) => ({ ...output, name: now.get(output.name) ?? output.name }))
  return { ...model, nodes, constants, outputs }
}
