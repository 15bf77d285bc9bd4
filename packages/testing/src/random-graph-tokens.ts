import { activation, conv, layerNormalization, linear } from './random-graph-layers.js'
import {
  add,
  addTwice,
  between,
  chance,
  node,
  pick,
  reshape,
  transpose,
  type Block,
  type Sketch,
  type Value
} from './random-graph-sketch.js'

/** Perhaps a layer normalisation before a residual branch. */
function perhapsNormal(s: Sketch, x: Value): Value {
  return (chance(s.random, 0.6) ? normalized(s, x) : undefined) ?? x
}

/** Not right behind a function that makes most elements equal: rows of two different values are normalised to constants. */
const normalized: Block = (s, x) => (/^(relu|clip)/.test(x.name) ? undefined : layerNormalization(s, x))

/** x + attention(x) with one or two heads (Vaswani et al. 2017, arXiv 1706.03762). */
const attention: Block = (s, x) => {
  const [tokens, width] = x.shape as [number, number]
  const heads = width % 2 === 0 && chance(s.random, 0.6) ? 2 : 1
  const size = width / heads
  const normal = perhapsNormal(s, x)
  const part = (order: readonly number[]): Value =>
    transpose(s, reshape(s, linear(s, normal, width), [tokens, heads, size]), order)
  const scores = node(s, 'MatMul', [part([1, 0, 2]).name, part([1, 2, 0]).name], [heads, tokens, tokens])
  const scaled = node(s, 'Div', [scores.name, s.m.floats([], [Math.sqrt(size)])], scores.shape)
  const weights = node(s, 'Softmax', [scaled.name], scores.shape, { axis: -1 })
  const mixed = node(s, 'MatMul', [weights.name, part([1, 0, 2]).name], [heads, tokens, size])
  return add(s, x, linear(s, reshape(s, transpose(s, mixed, [1, 0, 2]), [tokens, width]), width))
}

/** x + f(x), two layers. */
const perceptron: Block = (s, x) => {
  const hidden = activation(s, linear(s, perhapsNormal(s, x), between(s.random, 2, 12)))
  return add(s, x, linear(s, hidden, x.shape[1]!))
}

/** Tokens mixed by their likeness: softmax(x x') x, two matrix products of activations. */
const likeness: Block = (s, x) => {
  const tokens = x.shape[0]!
  const scores = node(s, 'MatMul', [x.name, transpose(s, x, [1, 0]).name], [tokens, tokens])
  const scaled = node(s, 'Mul', [scores.name, s.m.floats([], [0.2])], scores.shape)
  const weights = node(s, 'Softmax', [scaled.name], scores.shape, { axis: pick(s.random, [-1, 1]) })
  return node(s, 'MatMul', [weights.name, x.name], x.shape)
}

const layer: Block = (s, x) => activation(s, linear(s, x, between(s.random, 3, 10)))

const shared: Block = (s, x) => addTwice(s, x, linear(s, x, x.shape[1]!))

const gated: Block = (s, x) => {
  const gate = linear(s, x, x.shape[1]!)
  return node(s, 'Mul', [x.name, node(s, 'Sigmoid', [gate.name], gate.shape).name], x.shape)
}

/** One to three units between layers of more. */
const waist: Block = (s, x) => linear(s, linear(s, x, between(s.random, 1, 3)), between(s.random, 4, 9))

/** A convolution over time. */
const overTime: Block = (s, x) => {
  const channels = transpose(s, x, [1, 0])
  const y = conv(s, channels, { out: between(s.random, 2, 8), same: true })
  return transpose(s, activation(s, y), [1, 0])
}

/** A learnt token goes first. */
const classToken: Block = (s, x) => {
  const width = x.shape[1]!
  if (x.shape[0]! > 12) return undefined
  const shape = [x.shape[0]! + 1, width]
  return node(s, 'Concat', [s.m.weights([1, 1, width]), x.name], shape, { axis: 1 })
}

/** What tokens [T, D] may go through; the numbers are relative frequencies. */
export const tokenBlocks: readonly (readonly [number, Block])[] = [
  [3, attention],
  [2, perceptron],
  [1, likeness],
  [2, layer],
  [1, gated],
  [0.7, shared],
  [1, waist],
  [1, overTime],
  [0.7, classToken],
  [0.7, normalized],
  [0.7, activation]
]
