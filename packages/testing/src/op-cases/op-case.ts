import { createRandom, sizeOf, type Model, type Random, type Tensor } from '@agon/core'
import { modelOf, type ModelBuilder } from '../model-builder.js'

/** One row of the table of operator cases. */
export interface OpCase {
  /** `Conv: 2-d, two groups` */
  readonly name: string
  /** The operator under test. */
  readonly op: string
  readonly model: Model
  /** Shape of one example, batch extent 1 first. */
  readonly inputShape: readonly number[]
  /** Examples drawn from a seed, `[examples, ...]`. */
  input(seed: number, examples?: number): Tensor
  /** Finite differences with steps up to `smoothStep` are valid at these inputs: no kink or jump is that near. */
  readonly smooth: boolean
  /** Largest error, relative to the largest magnitude of the result, of an engine that computes in float32. */
  readonly tolerance: number
}

/** No smooth case has a kink or jump within this distance of an input element. */
export const smoothStep = 0.04

/** Draws element i of `size`. */
export type Draw = (random: Random, size: number) => readonly number[]

export interface CaseOptions {
  readonly input?: Draw
  readonly smooth?: boolean
  readonly tolerance?: number
}

/** Makes a case; the name is `op: what`. Weights are drawn from the name's length and the shape, so they differ between cases. */
export function opCase(
  op: string,
  what: string,
  exampleShape: readonly number[],
  build: (builder: ModelBuilder) => string,
  { input = normal, smooth = true, tolerance = 1e-5 }: CaseOptions = {}
): OpCase {
  const name = `${op}: ${what}`
  const size = sizeOf(exampleShape)
  return {
    name,
    op,
    model: modelOf(name, exampleShape, build, name.length * 1000 + size),
    inputShape: [1, ...exampleShape],
    input: (seed, examples = 1) => {
      const rows = Array.from({ length: examples }, (_, n) => input(createRandom(seed).fork(name, n), size))
      return { shape: [examples, ...exampleShape], data: Float32Array.from(rows.flat()) }
    },
    smooth,
    tolerance
  }
}

const normal: Draw = (random, size) => Array.from({ length: size }, () => random.normal())
