import type { Attribute, Random } from '@agon/core'
import type { ModelBuilder } from './model-builder.js'

/** A random model under construction. */
export interface Sketch {
  readonly m: ModelBuilder
  readonly random: Random
  /** Nodes so far. */
  readonly nodes: () => number
  /** What later nodes may read again. */
  readonly seen: Value[]
}

/** A value of the graph and its shape for one example, without the batch axis. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

export type Attributes = Readonly<Record<string, Attribute>>

/** Adds some nodes behind a value; `undefined` where they do not fit its shape. */
export type Block = (s: Sketch, x: Value) => Value | undefined

export function createSketch(builder: ModelBuilder, random: Random): Sketch {
  let nodes = 0
  const m: ModelBuilder = {
    ...builder,
    add: (...given) => (nodes++, builder.add(...given)),
    addMany: (...given) => (nodes++, builder.addMany(...given))
  }
  return { m, random, nodes: () => nodes, seen: [] }
}

/** A whole number in low..high. */
export function between(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1)
}

export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(from.length)]!
}

/** One of the blocks that fit, or the value itself if none does. The numbers are relative frequencies. */
export function pickBlock(s: Sketch, x: Value, blocks: readonly (readonly [number, Block])[]): Value {
  const left = [...blocks]
  while (left.length > 0) {
    let ticket = s.random.uniform() * left.reduce((sum, [weight]) => sum + weight, 0)
    const at = left.findIndex(([weight]) => (ticket -= weight) < 0)
    const [[, block]] = left.splice(Math.max(at, 0), 1) as [readonly [number, Block]]
    const found = block(s, x)
    if (found !== undefined) return found
  }
  return x
}

/** A node of one output whose shape is known. */
export function node(
  s: Sketch,
  op: string,
  inputs: readonly string[],
  shape: readonly number[],
  attributes: Attributes = {}
): Value {
  return { name: s.m.add(op, inputs, attributes), shape }
}

/** Another order or grouping of the same elements, the batch axis kept. */
export function reshape(s: Sketch, x: Value, shape: readonly number[]): Value {
  return node(s, 'Reshape', [x.name, s.m.integers([0, ...shape])], shape)
}

/** Axes of one example, counted without the batch axis, in a new order. */
export function transpose(s: Sketch, x: Value, order: readonly number[]): Value {
  const perm = [0, ...order.map((axis) => axis + 1)]
  return node(
    s,
    'Transpose',
    [x.name],
    order.map((axis) => x.shape[axis]!),
    { perm }
  )
}

export function add(s: Sketch, a: Value, b: Value): Value {
  return node(s, 'Add', chance(s.random, 0.5) ? [a.name, b.name] : [b.name, a.name], a.shape)
}

/** x + y, plus x, y or the sum once more: values whose cotangents are shared and added up. */
export function addTwice(s: Sketch, x: Value, y: Value): Value {
  const sum = add(s, x, y)
  return add(s, sum, pick(s.random, [x, y, sum]))
}

/** Joined along the first axis of an example. */
export function concat(s: Sketch, values: readonly Value[]): Value {
  const channels = values.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const names = values.map(({ name }) => name)
  return node(s, 'Concat', names, [channels, ...values[0]!.shape.slice(1)], { axis: 1 })
}
