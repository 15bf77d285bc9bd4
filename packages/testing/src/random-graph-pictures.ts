import { sizeOf } from '@agon/core'
import { activation, batchNormalization, conv, convTranspose, windowOf } from './random-graph-layers.js'
import {
  add,
  addTwice,
  between,
  chance,
  concat,
  node,
  pick,
  type Attributes,
  type Block,
  type Sketch,
  type Value
} from './random-graph-sketch.js'
import { gate, moves } from './random-graph-moves.js'

/** Most channels, and most elements, of a value that grows. */
const [mostChannels, mostElements] = [12, 900]

/** Convolution, perhaps normalised, then an activation. */
const convolution: Block = (s, x) => {
  const groups = chance(s.random, 0.25) ? commonGroups(s, x) : 1
  const out = groups * between(s.random, 1, Math.floor(mostChannels / groups))
  const y = conv(s, x, { out, groups })
  return activation(s, chance(s.random, 0.3) ? batchNormalization(s, y) : y)
}

const depthwise: Block = (s, x) => {
  const channels = x.shape[0]!
  if (channels > mostChannels) return undefined
  const out = channels * (channels <= 6 && chance(s.random, 0.3) ? 2 : 1)
  return activation(s, batchNormalization(s, conv(s, x, { out, groups: channels, kernel: 3 })))
}

const transposed: Block = (s, x) => {
  const groups = chance(s.random, 0.3) ? commonGroups(s, x) : 1
  const out = groups * between(s.random, 1, Math.max(1, Math.floor(6 / groups)))
  if (out * sizeOf(x.shape.slice(1).map((extent) => 2 * extent + 2)) > mostElements) return undefined
  return activation(s, convTranspose(s, x, out, groups))
}

function commonGroups({ random }: Sketch, { shape }: Value): number {
  const [channels] = shape
  return pick(
    random,
    [1, 2, 3, 4].filter((groups) => channels! % groups === 0)
  )
}

/** Half of the channels never fire. */
const dying: Block = (s, x) => {
  const y = conv(s, x, { out: between(s.random, 4, mostChannels), dead: true })
  return node(s, 'Relu', [y.name], y.shape)
}

const pool: Block = (s, x) => {
  const extents = x.shape.slice(1)
  if (Math.min(...extents) < 3) return undefined
  const { attributes, out } = windowOf(s, extents, pick(s.random, [2, 3]))
  const kind = pick(s.random, ['MaxPool', 'MaxPool', 'AveragePool'])
  const extra: Attributes = kind === 'AveragePool' ? { count_include_pad: s.random.integer(2) } : {}
  return node(s, kind, [x.name], [x.shape[0]!, ...out], { ...attributes, ...extra })
}

/** x + f(x), of one or two layers, with or without an activation behind. */
const residual: Block = (s, x) => {
  const out = x.shape[0]!
  let y = conv(s, x, { out, same: true, kernel: 3 })
  if (chance(s.random, 0.5)) y = conv(s, activation(s, y), { out, same: true, kernel: 1 })
  if (chance(s.random, 0.4)) y = batchNormalization(s, y)
  const sum = add(s, x, y)
  return chance(s.random, 0.6) ? activation(s, sum) : sum
}

const shared: Block = (s, x) => {
  const sum = addTwice(s, x, conv(s, x, { out: x.shape[0]!, same: true }))
  return chance(s.random, 0.6) ? activation(s, sum) : sum
}

/** Adds, or joins along the channels, something computed long before. */
const skip: Block = (s, x) => {
  const spatial = (value: Value): string => value.shape.slice(1).join()
  const found = s.seen.filter((value) => value.name !== x.name && spatial(value) === spatial(x))
  if (found.length === 0) return undefined
  const other = pick(s.random, found)
  if (other.shape[0] === x.shape[0] && chance(s.random, 0.6)) return add(s, x, other)
  return other.shape[0]! + x.shape[0]! <= 2 * mostChannels ? concat(s, [other, x]) : undefined
}

/** Two or three layers side by side, joined along the channels; one may be the value itself. */
const branches: Block = (s, x) => {
  const one = (): Value => activation(s, conv(s, x, { out: between(s.random, 1, 5), same: true }))
  const itself = chance(s.random, 0.3) ? [x] : []
  const layers = Array.from({ length: between(s.random, 2, 3) - itself.length }, one)
  return concat(s, [...itself, ...layers])
}

/** One, two or three channels between two layers of more; perhaps two such waists in a row. */
const waist: Block = (s, x) => {
  let y = x
  for (let i = between(s.random, 1, 2); i > 0; i--) {
    y = conv(s, y, { out: between(s.random, 1, 3), kernel: 1, same: true })
    if (chance(s.random, 0.3)) y = activation(s, y)
    y = conv(s, y, { out: between(s.random, 4, 8), kernel: pick(s.random, [1, 3]), same: true })
  }
  return activation(s, y)
}

const normalized: Block = (s, x) => {
  const [channels, ...extents] = x.shape as [number, ...number[]]
  if (sizeOf(extents) < 6) return undefined
  const parameters = [s.m.uniform([channels], 0.5, 1.5), s.m.weights([channels], 0.2)]
  if (channels % 2 === 0 && chance(s.random, 0.5)) {
    return node(s, 'GroupNormalization', [x.name, ...parameters], x.shape, { num_groups: 2 })
  }
  return node(s, 'InstanceNormalization', [x.name, ...parameters], x.shape)
}

/** What a picture [C, ...] may go through; the numbers are relative frequencies. */
export const pictureBlocks: readonly (readonly [number, Block])[] = [
  [6, convolution],
  [2, depthwise],
  [1.5, transposed],
  [1.5, dying],
  [3, pool],
  [3, residual],
  [1, shared],
  [2, skip],
  [2, branches],
  [2, waist],
  [0.7, normalized],
  [0.7, batchNormalization],
  [1.5, gate],
  ...moves
]
