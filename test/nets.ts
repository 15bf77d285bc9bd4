import { createRandom, type Constant, type Model, type Node } from '@agon/core'

/** What the small nets of the exact tests are made of. */
export interface NetOptions {
  readonly labels: number
  readonly seed: number
  /** Standard deviation of the biases; 0 leaves them out. */
  readonly bias?: number
  /** Seed of the logit layer alone; the layers below stay as they are. */
  readonly logitSeed?: number
  readonly pool?: 'MaxPool' | 'AveragePool'
}

/** conv 3x3 (6) - relu - pool 2 - conv 3x3 (8) - relu - flatten - dense (labels), on pictures [N,2,8,8]. */
export function smallNet({ labels, seed, bias = 0, logitSeed = seed, pool = 'MaxPool' }: NetOptions): Model {
  const random = createRandom(seed)
  const weight = (name: string, shape: number[], scale: number, from = random): Constant => {
    const stream = from.fork(name)
    const size = shape.reduce((a, b) => a * b, 1)
    return { dtype: 'float32', shape, data: Float32Array.from({ length: size }, () => scale * stream.normal()) }
  }
  const constants = new Map<string, Constant>([
    ['w1', weight('w1', [6, 2, 3, 3], 0.33)],
    ['w2', weight('w2', [8, 6, 3, 3], 0.2)],
    ['w3', weight('w3', [labels, 128], 0.1, createRandom(logitSeed))]
  ])
  if (bias > 0) {
    constants
      .set('b1', weight('b1', [6], bias))
      .set('b2', weight('b2', [8], bias))
      .set('b3', weight('b3', [labels], bias))
  }
  const biased = (name: string): string[] => (bias > 0 ? [name] : [])
  const conv = { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }
  const nodes: Node[] = [
    node('Conv', ['x', 'w1', ...biased('b1')], 'c1', conv),
    node('Relu', ['c1'], 'r1'),
    node(pool, ['r1'], 'p1', { kernel_shape: [2, 2], strides: [2, 2] }),
    node('Conv', ['p1', 'w2', ...biased('b2')], 'c2', conv),
    node('Relu', ['c2'], 'r2'),
    node('Flatten', ['r2'], 'f'),
    node('Gemm', ['f', 'w3', ...biased('b3')], 'logits', { transB: 1 })
  ]
  return {
    name: 'small',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 2, 8, 8] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['N', labels] }],
    nodes,
    constants
  }
}

function node(op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node {
  return { name: `${op}_${output}`, op, inputs, outputs: [output], attributes }
}
