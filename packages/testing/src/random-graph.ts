import { createRandom, sizeOf, type Model, type Random } from '@agon/core'
import { modelOf, type ModelBuilder } from './model-builder.js'
import { pictureHead, tokenHead, vectorHead } from './random-graph-heads.js'
import { conv } from './random-graph-layers.js'
import { pictureBlocks } from './random-graph-pictures.js'
import { between, createSketch, node, pick, pickBlock, reshape, transpose } from './random-graph-sketch.js'
import type { Block, Sketch, Value } from './random-graph-sketch.js'
import { tokenBlocks } from './random-graph-tokens.js'

/** What a random model starts from: pictures [C, H, W], tokens [T, D], tokens as a 1-d picture [D, T], patches of a picture as tokens, a vector [F]. */
export type RandomModelKind = 'picture' | 'tokens' | 'text' | 'patches' | 'vector'

export interface RandomModelOptions {
  /** Default: drawn, most often a picture. */
  readonly kind?: RandomModelKind
  /** Default: drawn from 2..130. */
  readonly labels?: number
  /** About how many nodes the body has. Default: drawn from 3..20; the head adds some. */
  readonly nodes?: number
}

/**
 * A random small classifier of about 5 to 30 nodes, always the same for a seed: strides, dilations, groups, depthwise and transposed convolutions,
 * normalisation, every pooling, residual sums, gates, branches, attention, waists of fewer units than labels, channels that never fire, heads that read
 * one row only. Weights are scaled so that values stay of the order of 1 for inputs of the order of 1. The model's input is `[N, ...]`.
 */
export function randomModel(seed: number, options: RandomModelOptions = {}): Model {
  const random = createRandom(seed).fork('random-graph', 'plan')
  const {
    kind = pick(random, kinds),
    labels = pick(random, [2, 3, 7, 10, 16, 17, 33, 40, 64, 65, 100, 130, between(random, 2, 130)]),
    nodes = between(random, 3, 20)
  } = options
  const shape = shapes[kind](random)
  const body = (builder: ModelBuilder): string => {
    const s = createSketch(builder, createRandom(seed).fork('random-graph', 'body'))
    return bodies[kind](s, { name: builder.input, shape }, nodes, labels).name
  }
  return modelOf(`random-${seed}`, shape, body, seed)
}

const kinds = ['picture', 'picture', 'picture', 'picture', 'tokens', 'tokens', 'text', 'patches', 'vector'] as const

const sequence = (random: Random): number[] => [between(random, 3, 9), between(random, 3, 8)]
const picture = (random: Random): number[] => [between(random, 1, 4), between(random, 5, 10), between(random, 5, 10)]

const shapes: Readonly<Record<RandomModelKind, (random: Random) => number[]>> = {
  picture,
  tokens: sequence,
  text: sequence,
  patches: picture,
  vector: (random) => [between(random, 3, 20)]
}

type Body = (s: Sketch, x: Value, nodes: number, labels: number) => Value

const bodies: Readonly<Record<RandomModelKind, Body>> = {
  picture: (s, x, nodes, labels) => pictureHead(s, grow(s, x, nodes, pictureBlocks), labels),
  tokens: (s, x, nodes, labels) => tokenHead(s, grow(s, x, nodes, tokenBlocks), labels),
  text: (s, x, nodes, labels) => pictureHead(s, grow(s, transpose(s, x, [1, 0]), nodes, pictureBlocks), labels),
  patches: (s, x, nodes, labels) => tokenHead(s, grow(s, patches(s, x), nodes, tokenBlocks), labels),
  vector: (s, x, nodes, labels) =>
    vectorHead(s, flat(s, grow(s, reshape(s, x, [1, x.shape[0]!]), nodes, tokenBlocks)), labels)
}

/** Adds blocks until there are about `nodes` nodes. */
function grow(s: Sketch, x: Value, nodes: number, blocks: readonly (readonly [number, Block])[]): Value {
  let y = x
  while (s.nodes() < nodes) {
    s.seen.push(y)
    y = pickBlock(s, y, blocks)
  }
  return y
}

/** Positions of a strided convolution as tokens [T, D]. */
function patches(s: Sketch, x: Value): Value {
  const y = conv(s, x, { out: between(s.random, 4, 8), kernel: 2 })
  const [width, ...extents] = y.shape as [number, number, number]
  return transpose(s, reshape(s, y, [width, extents[0]! * extents[1]!]), [1, 0])
}

function flat(s: Sketch, x: Value): Value {
  return node(s, 'Flatten', [x.name], [sizeOf(x.shape)], { axis: 1 })
}
