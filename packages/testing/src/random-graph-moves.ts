import { activation, conv } from './random-graph-layers.js'
import {
  between,
  chance,
  concat,
  node,
  pick,
  reshape,
  transpose,
  type Block,
  type Value
} from './random-graph-sketch.js'

/** Squeeze and excite (a factor for each channel, from the global mean), or a factor for each position. */
export const gate: Block = (s, x) => {
  const channels = x.shape[0]!
  const squash = pick(s.random, ['Sigmoid', 'HardSigmoid'])
  const mean = (): Value => node(s, 'GlobalAveragePool', [x.name], [channels, ...x.shape.slice(1).map(() => 1)])
  const inner = chance(s.random, 0.7)
    ? conv(s, activation(s, conv(s, mean(), { out: 2, kernel: 1, same: true })), {
        out: channels,
        kernel: 1,
        same: true
      })
    : conv(s, x, { out: 1, kernel: 3, same: true })
  const factor = node(s, squash, [inner.name], inner.shape)
  return node(s, 'Mul', chance(s.random, 0.5) ? [x.name, factor.name] : [factor.name, x.name], x.shape)
}

/** A part of the channels is worked on, the rest passes. */
const split: Block = (s, x) => {
  const [channels, ...extents] = x.shape as [number, ...number[]]
  if (channels < 2) return undefined
  const first = between(s.random, 1, channels - 1)
  const inputs = [x.name, s.m.integers([first, channels - first])]
  const [a, b] = s.m.addMany('Split', inputs, 2, { axis: 1 }) as [string, string]
  const worked = activation(s, conv(s, { name: a, shape: [first, ...extents] }, { out: first, same: true }))
  const rest = { name: b, shape: [channels - first, ...extents] }
  return concat(s, chance(s.random, 0.5) ? [rest, worked] : [worked, rest])
}

/** A stretch of one axis, every second element, or all in reverse. */
const slice: Block = (s, x) => {
  const axis = s.random.integer(x.shape.length)
  const extent = x.shape[axis]!
  if (extent < 4) return undefined
  const [start, end, step] = pick(s.random, [
    [1, extent - 1, 1],
    [0, extent, 2],
    [-1, -extent - 1, -1]
  ] as const)
  const inputs = [[start], [end], [axis + 1], [step]].map((numbers) => s.m.integers(numbers))
  const size = step === 2 ? Math.ceil(extent / 2) : step === 1 ? extent - 2 : extent
  return node(s, 'Slice', [x.name, ...inputs], x.shape.with(axis, size))
}

/** Channels of two groups interleaved. */
const shuffle: Block = (s, x) => {
  const [channels, ...extents] = x.shape as [number, ...number[]]
  if (channels % 2 !== 0) return undefined
  const groups = reshape(s, x, [2, channels / 2, ...extents])
  const swapped = transpose(s, groups, [1, 0, ...extents.map((_, axis) => axis + 2)])
  return reshape(s, swapped, x.shape)
}

/** The two axes of a picture change places. */
const turn: Block = (s, x) => (x.shape.length === 3 ? transpose(s, x, [0, 2, 1]) : undefined)

const pad: Block = (s, x) => {
  const extents = x.shape.slice(1)
  if (Math.min(...extents) < 2 || Math.max(...extents) > 10) return undefined
  const [begin, end] = [extents.map(() => s.random.integer(2)), extents.map(() => 1)]
  const mode = pick(s.random, ['constant', 'reflect', 'edge'])
  const inputs = [x.name, s.m.integers([0, 0, ...begin, 0, 0, ...end])]
  const shape = [x.shape[0]!, ...extents.map((extent, axis) => extent + begin[axis]! + 1)]
  return node(s, 'Pad', inputs, shape, { mode })
}

/** Elements that change places, and what works on a part of them; the numbers are relative frequencies. */
export const moves: readonly (readonly [number, Block])[] = [
  [1, split],
  [0.8, slice],
  [0.5, shuffle],
  [0.3, turn],
  [0.7, pad]
]
