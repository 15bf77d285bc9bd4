import { createRandom, type Attribute, type Constant, type Model, type Node } from '@agon/core'
import { initialWeights, type Initialiser } from './initialise.js'

/** Nodes one after the other, each fed by the one before. */
export interface Layers {
  /** Weights `[outputs, inputs, kernel, kernel]`; `pad` on each side. */
  conv(inputs: number, outputs: number, kernel: number, pad: number): Layers
  /** Weights `[outputs, inputs]`. */
  dense(inputs: number, outputs: number): Layers
  relu(): Layers
  /** (x - mean) / deviation, neither of which is fitted; nothing for 0 and 1. */
  standardise(mean: number, deviation: number): Layers
  /** Maximum of windows of 2 x 2. */
  halve(): Layers
  flatten(): Layers
  /** Takes inputs `[N, ...shape]` and gives `logits` `[N, labels]`. */
  model(shape: readonly number[], labels: number): Model
}

/** Layers without any yet. Every constant is drawn from a stream of its own, named by it; biases begin as 0. */
export function layersOf(name: string, seed: number, initialiser: Initialiser): Layers {
  const nodes: Node[] = []
  const constants = new Map<string, Constant>()
  const random = createRandom(seed).fork('initial weights')
  let value = 'input'

  const add = (op: string, weights: readonly string[], attributes: Readonly<Record<string, Attribute>>): Layers => {
    const count = nodes.filter((node) => node.op === op).length
    const node = `${op.toLowerCase()}${count + 1}`
    nodes.push({ name: node, op, inputs: [value, ...weights], outputs: [`${node}_out`], attributes })
    value = `${node}_out`
    return layers
  }
  const weigh = (op: string, shape: readonly number[], attributes: Readonly<Record<string, Attribute>>): Layers => {
    const layer = `${op.toLowerCase()}${nodes.filter((node) => node.op === op).length + 1}`
    const [weight, bias] = [`${layer}.weight`, `${layer}.bias`]
    constants.set(weight, { dtype: 'float32', shape, data: initialWeights(shape, initialiser, random.fork(weight)) })
    constants.set(bias, { dtype: 'float32', shape: [shape[0]!], data: new Float32Array(shape[0]!) })
    return add(op, [weight, bias], attributes)
  }
  const layers: Layers = {
    conv: (inputs, outputs, kernel, pad) =>
      weigh('Conv', [outputs, inputs, kernel, kernel], {
        kernel_shape: [kernel, kernel],
        pads: [pad, pad, pad, pad],
        strides: [1, 1]
      }),
    dense: (inputs, outputs) => weigh('Gemm', [outputs, inputs], { transB: 1 }),
    relu: () => add('Relu', [], {}),
    standardise: (mean, deviation) => {
      if (mean === 0 && deviation === 1) return layers
      constants.set('mean', { dtype: 'float32', shape: [1], data: Float32Array.of(mean) })
      constants.set('deviation', { dtype: 'float32', shape: [1], data: Float32Array.of(deviation) })
      add('Sub', ['mean'], {})
      return add('Div', ['deviation'], {})
    },
    halve: () => add('MaxPool', [], { kernel_shape: [2, 2], strides: [2, 2] }),
    flatten: () => add('Flatten', [], { axis: 1 }),
    model: (shape, labels) => {
      const last = nodes.at(-1)!
      return {
        name,
        inputs: [{ name: 'input', dtype: 'float32', shape: ['N', ...shape] }],
        outputs: [{ name: 'logits', dtype: 'float32', shape: ['N', labels] }],
        nodes: [...nodes.slice(0, -1), { ...last, outputs: ['logits'] }],
        constants: new Map(constants)
      }
    }
  }
  return layers
}
