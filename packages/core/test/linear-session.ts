import {
  createFold,
  createRandom,
  defineMethod,
  multiply,
  sizeOf,
  sumAxis,
  tensor,
  type Contest,
  type ContestOptions,
  type Cotangents,
  type Model,
  type PerExample,
  type Session,
  type Tensor
} from '@agon/core'

/** Gradient times input. */
export const timesInput = defineMethod({
  name: 'times-input',
  cite: 'test',
  defaults: {},
  pass: () => ({ cotangent: 'one', multiply: 'input' })
})

/** A session over logits = W x, by definition: enough to test everything that stands above engines. */
export function linearSession(
  weights: readonly (readonly number[])[],
  shape: readonly number[],
  model?: Partial<Model>
) {
  const size = sizeOf(shape)
  const rows = weights.map((row) => Float32Array.from(row))
  const calls: string[] = []

  const vjp = async (input: Tensor, cotangents: Cotangents): Promise<Tensor> => {
    calls.push('vjp')
    if (!('labels' in cotangents)) throw new Error('dense cotangents are not needed here')
    const count = cotangents.labels[0]!.length
    const examples = input.shape[0]!
    const data = new Float32Array(count * examples * size)
    cotangents.labels.forEach((labels, n) =>
      labels.forEach((label, l) => data.set(rows[label]!, (l * examples + n) * size))
    )
    return tensor([count, examples, ...shape], data)
  }
  const session: Session = {
    model: {
      name: 'linear',
      inputs: [],
      outputs: [{ name: 'y', dtype: 'float32', shape: [] }],
      nodes: [],
      constants: new Map(),
      ...model
    },
    async forward(input) {
      const logits = rows.map((row) => row.reduce((sum, w, i) => sum + w * input.data[i]!, 0))
      const all = Array.from({ length: input.shape[0]! }, (_, n) =>
        rows.map((row) => row.reduce((sum, w, i) => sum + w * input.data[n * size + i]!, 0))
      )
      return tensor([input.shape[0]!, logits.length], all.flat())
    },
    vjp,
    async contest(input: Tensor, labels: PerExample, options: ContestOptions = {}): Promise<Contest> {
      calls.push('contest')
      const summed = options.sumAxis
      const mapShape = input.shape.map((extent, axis) => (axis === summed ? 1 : extent))
      const fold = createFold(mapShape, labels, options.maps)
      labels.forEach((ofExample, n) => {
        for (const label of ofExample) {
          const x = input.data.subarray(n * size, (n + 1) * size)
          const own = options.multiply === 'input' ? multiply(rows[label]!, x) : rows[label]!
          const map: Tensor = { shape: [1, ...shape], data: own }
          fold.add(n, label, (summed === undefined ? map : sumAxis(map, summed)).data)
        }
      })
      return fold.finish()
    },
    dispose: () => undefined
  }
  return { session, calls }
}

/** Random linear logits of pictures, and random pictures. */
export function randomCase(seed: number, labels: number, shape: readonly number[], examples = 2) {
  const random = createRandom(seed)
  const size = shape.reduce((a, b) => a * b, 1)
  const weights = Array.from({ length: labels }, () => Array.from({ length: size }, () => random.normal()))
  const input = tensor(
    [examples, ...shape],
    Array.from({ length: examples * size }, () => random.normal())
  )
  return { ...linearSession(weights, shape), input }
}
