import { sizeOf } from '@agon/core'
import { activation, conv, dense, layerNormalization } from './random-graph-layers.js'
import { between, chance, node, pick, reshape, transpose, type Sketch, type Value } from './random-graph-sketch.js'

/** A vector to logits [labels], at times by way of fewer units than labels, up to three times. */
export function vectorHead(s: Sketch, x: Value, labels: number): Value {
  let y = x
  if (chance(s.random, 0.5)) {
    for (let i = between(s.random, 1, 3); i > 0; i--) {
      y = dense(s, y, between(s.random, 1, Math.max(1, Math.min(6, labels - 1))))
      if (chance(s.random, 0.4)) y = activation(s, y)
    }
  }
  return dense(s, y, labels)
}

/** A picture to logits: pooled or flat and then dense, or a 1x1 convolution to the labels and the mean over the positions. */
export function pictureHead(s: Sketch, x: Value, labels: number): Value {
  if (chance(s.random, 0.25)) return meanOfLogits(s, x, labels)
  const channels = x.shape[0]!
  const pooled = (op: string): Value => node(s, op, [x.name], [channels, ...x.shape.slice(1).map(() => 1)])
  const y = pick(s.random, [
    () => pooled('GlobalAveragePool'),
    () => pooled('GlobalMaxPool'),
    () => x,
    () => oneRow(s, x, x.shape.length - 1)
  ])()
  return vectorHead(s, node(s, 'Flatten', [y.name], [sizeOf(y.shape)], { axis: 1 }), labels)
}

/** Convolution to the labels, perhaps behind a waist of two channels, then the global mean. */
function meanOfLogits(s: Sketch, x: Value, labels: number): Value {
  const narrow = chance(s.random, 0.5) ? conv(s, x, { out: 2, kernel: 1, same: true }) : x
  const logits = conv(s, narrow, { out: labels, kernel: 1, same: true })
  const mean = node(s, 'GlobalAveragePool', [logits.name], [labels, ...x.shape.slice(1).map(() => 1)])
  return node(s, 'Flatten', [mean.name], [labels], { axis: 1 })
}

/** Tokens to logits: the first or another token, the mean, the maximum over time, or all. */
export function tokenHead(s: Sketch, x: Value, labels: number): Value {
  const width = [x.shape[1]!]
  const last = chance(s.random, 0.4) ? layerNormalization(s, x) : x
  const over = (op: string): Value => node(s, op, [last.name, s.m.integers([1])], width, { keepdims: 0 })
  const overTime = (): Value => {
    const channels = transpose(s, last, [1, 0])
    return reshape(s, node(s, 'GlobalMaxPool', [channels.name], [...width, 1]), width)
  }
  const one = (): Value => reshape(s, oneRow(s, last, 0), width)
  const gathered = (): Value =>
    node(s, 'Gather', [last.name, s.m.integers([s.random.integer(last.shape[0]!)], [])], width, { axis: 1 })
  const flat = (): Value => node(s, 'Flatten', [last.name], [sizeOf(last.shape)], { axis: 1 })
  const ways = [one, one, gathered, overTime, flat, () => over('ReduceMean'), () => over('ReduceMax')]
  return vectorHead(s, pick(s.random, ways)(), labels)
}

/** Slice of extent 1 of an axis of the example: its first element, or any. */
function oneRow(s: Sketch, x: Value, axis: number): Value {
  const row = chance(s.random, 0.6) ? 0 : s.random.integer(x.shape[axis]!)
  const inputs = [[row], [row + 1], [axis + 1]].map((numbers) => s.m.integers(numbers))
  return node(s, 'Slice', [x.name, ...inputs], x.shape.with(axis, 1))
}
