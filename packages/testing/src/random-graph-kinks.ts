import { createRandom, sizeOf, type Model, type Node, type Session, type Tensor } from '@agon/core'
import { maxWindows, normGeometry, numberAttribute, specialize, type StaticModel } from '@agon/graph'

/** Reads a value of the graph for the one example that is looked at. */
type Read = (value: string) => Promise<Float32Array>
type Distance = (node: Node, model: StaticModel, read: Read) => Promise<number>

/**
 * How far an example is from the nearest place where the model's derivative jumps: the smallest distance of an argument from a kink of its function, and of
 * the largest element of a max window from the second. What is exactly 0 is left out: no engine is in doubt about it. Rows of a normalisation that hardly
 * vary amplify rounding; a row counts with a hundredth of its standard deviation, and one of only two different values counts as 0.
 */
export async function kinkDistance(model: Model, session: Session, example: Tensor): Promise<number> {
  const fixed = specialize(model, example.shape)
  const read: Read = async (at) =>
    (at === fixed.inputs[0]!.name ? example : await session.forward(example, { at })).data
  let least = Infinity
  for (const node of fixed.nodes) {
    const distance = distances[node.op]
    if (distance !== undefined) least = Math.min(least, await distance(node, fixed, read))
  }
  return least
}

/**
 * One example, normal values drawn from `seed`, that is at least `least` away from every kink, or `undefined` if none of `draws` is. `session` runs the
 * forward passes; it should be the reference engine's.
 */
export async function inputAwayFromKinks(
  model: Model,
  session: Session,
  seed: number,
  least = 1e-4,
  draws = 60
): Promise<Tensor | undefined> {
  const shape = model.inputs[0]!.shape.map((extent) => (typeof extent === 'number' ? extent : 1))
  for (let draw = 0; draw < draws; draw++) {
    const random = createRandom(seed).fork('input', draw)
    const example = { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
    if ((await kinkDistance(model, session, example)) >= least) return example
  }
  return undefined
}

const kinksAt =
  (...points: number[]): Distance =>
  async (node, _, read) =>
    nearest(await read(node.inputs[0]!), points)

const clip: Distance = async ({ inputs }, { constants }, read) =>
  nearest(
    await read(inputs[0]!),
    inputs.slice(1).flatMap((bound) => [...(constants.get(bound)?.data ?? [])])
  )

/** 0 and 1 of alpha x + beta, in x. */
const hardSigmoid: Distance = async (node, _, read) => {
  const [alpha, beta] = [numberAttribute(node, 'alpha'), numberAttribute(node, 'beta')]
  return nearest(await read(node.inputs[0]!), [-beta / alpha, (1 - beta) / alpha])
}

const windows: Distance = async (node, model, read) => {
  const x = await read(node.inputs[0]!)
  const { planes, strideIn, offsets, sources } = maxWindows(node, model)
  let least = Infinity
  for (let p = 0; p < planes; p++) {
    for (let o = 0; o + 1 < offsets.length; o++) {
      const elements = Array.from(sources.subarray(offsets[o], offsets[o + 1]), (source) => x[p * strideIn + source]!)
      least = Math.min(least, lead(elements))
    }
  }
  return least
}

/** Largest minus second largest; elements that are exactly 0 together are none of anybody's. */
function lead(elements: readonly number[]): number {
  const [first, second] = elements.toSorted((a, b) => b - a)
  return second === undefined || (first === 0 && second === 0) ? Infinity : first! - second
}

const rows: Distance = async (node, model, read) => {
  const x = await read(node.inputs[0]!)
  const { outer, extent, inner } = normGeometry(node, model)
  let least = Infinity
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const row = Array.from({ length: extent }, (_, k) => x[(o * extent + k) * inner + i]!)
      if (row.some((value) => value !== 0)) least = Math.min(least, isDegenerate(row) ? 0 : deviation(row) / 100)
    }
  }
  return least
}

/**
 * Fewer than three different values: whatever they are, they are normalised to the same ones, so that the derivative is a difference of large numbers of which
 * only rounding is left.
 */
function isDegenerate(row: readonly number[]): boolean {
  const sorted = row.toSorted((a, b) => a - b)
  return sorted.filter((value, i) => i > 0 && value - sorted[i - 1]! > 1e-3).length < 2
}

function deviation(row: readonly number[]): number {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length
  return Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length)
}

function nearest(values: Float32Array, points: readonly number[]): number {
  let least = Infinity
  for (const value of values) {
    if (value !== 0) for (const point of points) least = Math.min(least, Math.abs(value - point))
  }
  return least
}

const distances: Readonly<Record<string, Distance>> = {
  Relu: kinksAt(0),
  LeakyRelu: kinksAt(0),
  HardSwish: kinksAt(-3, 3),
  HardSigmoid: hardSigmoid,
  Clip: clip,
  MaxPool: windows,
  GlobalMaxPool: windows,
  ReduceMax: windows,
  LayerNormalization: rows,
  InstanceNormalization: rows,
  GroupNormalization: rows
}
