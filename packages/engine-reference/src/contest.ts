import {
  createFold,
  example,
  minusBaseline,
  multiply,
  sizeOf,
  sumAxis,
  type Contest,
  type ContestOptions,
  type PassOptions,
  type PerExample,
  type Tensor,
  type ValueName
} from '@agon/core'
import { assertContest, stackedShape } from '@agon/graph'
import { createBreath } from './breathe.js'
import { labelsPerChunk } from './budget.js'
import { runForward } from './forward.js'
import { labelGradient, wrtOf } from './label-pass.js'
import type { Values } from './ops/operator.js'
import type { Program } from './program.js'

/** Backward passes of all labels of every example, a chunk of labels at a time, folded. */
export async function runContest(
  program: Program,
  input: Tensor,
  labels: PerExample,
  options: PassOptions & ContestOptions
): Promise<Contest> {
  const { model } = program
  const wrt = wrtOf(program, options)
  const shape = stackedShape(model.shapes.get(wrt)!, input.shape[0]!)
  assertContest(model, shape, labels, options)
  const chunk = labelsPerChunk(program, wrt, options.memory)
  const mapShape = shape.map((extent, axis) => (axis === options.sumAxis ? 1 : extent))
  const fold = createFold(mapShape, labels, options.maps)
  const total = labels.reduce((sum, ofExample) => sum + ofExample.length, 0)
  const breathe = createBreath(options.signal)
  let done = 0

  for (const [n, ofExample] of labels.entries()) {
    const values = runForward(program, example(input, n).data)
    const factor = factorOf(values, wrt, [1, ...shape.slice(1)], n, options)
    for (let from = 0; from < ofExample.length; from += chunk) {
      const gradients: [number, Float32Array][] = []
      for (const label of ofExample.slice(from, from + chunk)) {
        await breathe()
        gradients.push([label, labelGradient(program, values, label, wrt, options.precision, options.scale)])
        options.onProgress?.(++done, total)
      }
      for (const [label, gradient] of gradients) fold.add(n, label, mapOf(gradient, factor, shape, options.sumAxis))
    }
  }
  return fold.finish()
}

/** What example n's gradients are multiplied by, in float32. */
function factorOf(
  values: ReadonlyMap<ValueName, Values>,
  wrt: ValueName,
  shape: readonly number[],
  n: number,
  { multiply = 'none', baseline }: ContestOptions
): Float32Array | undefined {
  if (multiply === 'none') return undefined
  const at = { shape, data: Float32Array.from(values.get(wrt)!) }
  if (multiply === 'input' || baseline === undefined) return at.data
  const size = sizeOf(shape)
  const from = baseline.data.length === size ? 0 : n * size
  return minusBaseline(at, { shape, data: baseline.data.subarray(from, from + size) }).data
}

/** gradient (.) factor, then the sum over one axis: float32 operations in the order that core's tensor.ts fixes. */
function mapOf(
  gradient: Float32Array,
  factor: Float32Array | undefined,
  shape: readonly number[],
  axis: number | undefined
): Float32Array {
  const product = factor === undefined ? gradient : multiply(gradient, factor)
  return axis === undefined ? product : sumAxis({ shape: [1, ...shape.slice(1)], data: product }, axis).data
}
