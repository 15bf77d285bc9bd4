import {
  attribute,
  defaultMemory,
  minusBaseline,
  rowsOf,
  sizeOf,
  type Method,
  type MethodContext,
  type Note,
  type Tensor
} from '@agon/core'
import type { Reduction } from './reductions.js'

/** Variations of every example, over whose maps a method averages. */
export interface Copies {
  /** How many of every example. */
  readonly count: number
  /** Writes copy k of example n. */
  write(n: number, k: number, into: Float32Array): void
  /** The baseline of copy k of example n, in place of the example's own. */
  baselineOf?(n: number, k: number): Float32Array
  /** What is averaged in place of a map of copy k of example n. Default: the map itself. */
  weigh?(n: number, k: number, map: Float32Array): Float32Array
}

/** Copy k of example n. */
interface Place {
  readonly n: number
  readonly k: number
}

/**
 * Runs the base method on all copies of all examples and reduces the maps of the copies: `[L, N, ...map]` from L targets. A base that
 * is a backward pass gets as many copies at once as the byte budget holds with their maps; a base that is a program (or has a tensor for
 * a baseline of its own) gets one copy of every example at a time, with a random stream of that copy's own. The maps of a copy are reduced in the order of the
 * copies, so that the result has the same bits for every budget and every batch. Throws AGON_BAD_INPUT if the call's
 * baseline does not fit the input.
 */
export async function reduceCopies(
  context: MethodContext,
  base: Method,
  copies: Copies,
  start: (size: number) => Reduction
): Promise<Tensor> {
  const { input, targets, signal, baseline } = context
  if (baseline) minusBaseline(input, baseline)
  const [examples, labels] = [input.shape[0]!, targets[0]!.length]
  const total = copies.count * examples
  const chunk = base.attribute || typeof base.pass?.baseline === 'object' ? examples : copiesPerChunk(context)
  const note = oncePerCode(context)
  let reduction: Reduction | undefined
  let map: readonly number[] = []
  for (let from = 0; from < total; from += chunk) {
    signal?.throwIfAborted()
    const places = placesFrom(from, Math.min(chunk, total - from), examples)
    const onProgress = (done: number, of: number) =>
      context.onProgress?.(Math.floor(labels * (from + (places.length * done) / of)), labels * total)
    const { attribution } = await attribute(base, {
      ...(await copied(context, base, copies, places)),
      note,
      onProgress
    })
    map = attribution.shape.slice(2)
    reduction ??= start(labels * examples * sizeOf(map))
    reduce(reduction, attribution, copies, places, examples)
    onProgress(1, 1)
  }
  return { shape: [labels, examples, ...map], data: reduction!.finish() }
}

/** Of every copy the input is held and, for every label, the gradient and its product with the input, float32 each. */
function copiesPerChunk({ input, targets, memory = defaultMemory }: MethodContext): number {
  const size = sizeOf(input.shape.slice(1))
  return Math.max(1, Math.floor(memory / (4 * size * (1 + 2 * targets[0]!.length))))
}

/** Copy 0 of every example, then copy 1 of every example, ... */
function placesFrom(from: number, count: number, examples: number): Place[] {
  return Array.from({ length: count }, (_, i) => ({ n: (from + i) % examples, k: Math.floor((from + i) / examples) }))
}

/** The context in which each copy stands for its example. */
async function copied(context: MethodContext, base: Method, copies: Copies, places: readonly Place[]) {
  const { session, targets, contestants, signal } = context
  const input = written(context.input, copies, places)
  return {
    ...context,
    input,
    // A program may read the logits of what it is given; a pass does not, and is spared the forward pass.
    logits: base.attribute ? await session.forward(input, signal && { signal }) : rows(context.logits, places),
    targets: places.map(({ n }) => targets[n]!),
    contestants: places.map(({ n }) => contestants[n]!),
    random: context.random.fork('copy', places[0]!.k),
    ...baselinesOf(context, copies, places)
  }
}

function baselinesOf({ input, baseline }: MethodContext, { baselineOf }: Copies, places: readonly Place[]) {
  if (baselineOf) {
    const each = places.map(({ n, k }) => baselineOf(n, k))
    const all = new Float32Array(each.length * each[0]!.length)
    each.forEach((row, i) => all.set(row, i * row.length))
    return { baseline: { shape: [places.length, ...input.shape.slice(1)], data: all } }
  }
  if (baseline?.data.length !== input.data.length) return baseline && { baseline }
  return { baseline: rows({ ...baseline, shape: input.shape }, places) }
}

function written({ shape, data }: Tensor, copies: Copies, places: readonly Place[]): Tensor {
  const size = data.length / shape[0]!
  const all = new Float32Array(places.length * size)
  places.forEach(({ n, k }, i) => copies.write(n, k, all.subarray(i * size, (i + 1) * size)))
  return { shape: [places.length, ...shape.slice(1)], data: all }
}

/** The row of every copy's example. */
function rows(of: Tensor, places: readonly Place[]): Tensor {
  const each = rowsOf(of)
  const size = sizeOf(of.shape.slice(1))
  const data = new Float32Array(places.length * size)
  places.forEach(({ n }, i) => data.set(each[n]!, i * size))
  return { shape: [places.length, ...of.shape.slice(1)], data }
}

/** Adds maps `[L, copies, ...map]` to sums over `[L, N, ...map]`. */
function reduce(
  reduction: Reduction,
  { shape, data }: Tensor,
  copies: Copies,
  places: readonly Place[],
  examples: number
): void {
  const size = sizeOf(shape.slice(2))
  for (let l = 0; l < shape[0]!; l++) {
    places.forEach(({ n, k }, i) => {
      const from = (l * places.length + i) * size
      const map = data.subarray(from, from + size)
      reduction.add((l * examples + n) * size, k, copies.weigh ? copies.weigh(n, k, map) : map)
    })
  }
}

/** What a base says of one copy it would say of most others, in other numbers. */
function oncePerCode({ note }: MethodContext): (note: Note) => void {
  const said = new Set<string>()
  return (found) => {
    if (!said.has(found.code)) note(found)
    said.add(found.code)
  }
}
