import {
  sizeOf,
  type Cotangents,
  type PassOptions,
  type Precision,
  type SeedScale,
  type Tensor,
  type ValueName
} from '@agon/core'
import { resolveValue, valueNames } from '@agon/graph'
import { runBackward } from './backward.js'
import { allToBf16 } from './bf16.js'
import type { Factor, Values } from './ops/operator.js'
import type { Program } from './program.js'

/** The value that a pass differentiates with respect to: the input, or any value or constant of the graph. */
export function wrtOf({ model }: Program, { wrt }: PassOptions): ValueName {
  return resolveValue('wrt', wrt, model.inputs[0]!.name, [...valueNames(model), ...model.constants.keys()])
}

function factorOf(precision: Precision | undefined): Factor | undefined {
  return precision === 'bf16' ? allToBf16 : undefined
}

/** The gradient of one label of one example, rounded to float32. */
export function labelGradient(
  program: Program,
  values: ReadonlyMap<ValueName, Values>,
  label: number,
  wrt: ValueName,
  precision: Precision | undefined,
  scale: SeedScale = 'one'
): Float32Array {
  const logits = values.get(program.model.outputs[0]!.name)!
  const seed = new Float64Array(logits.length)
  seed[label] = scale === 'logit' ? logits[label]! : 1
  return Float32Array.from(runBackward(program, values, seed, wrt, factorOf(precision)))
}

/** The number of cotangents per example. */
export function countOf(cotangents: Cotangents): number {
  return 'labels' in cotangents ? cotangents.labels[0]!.length : cotangents.shape[0]!
}

/** The VJP of cotangent l of example n, rounded to float32. */
export function vjpOf(
  program: Program,
  values: ReadonlyMap<ValueName, Values>,
  cotangents: Cotangents,
  [l, n]: readonly [number, number],
  wrt: ValueName,
  precision: Precision | undefined
): Float32Array {
  if ('labels' in cotangents)
    return labelGradient(program, values, cotangents.labels[n]![l]!, wrt, precision, cotangents.scale)
  const seed = Float64Array.from(denseRow(cotangents, l, n))
  return Float32Array.from(runBackward(program, values, seed, wrt, factorOf(precision)))
}

/** Row (l, n) of dense cotangents [L, N, ...output]. */
function denseRow({ shape, data }: Tensor, l: number, n: number): Float32Array {
  const size = sizeOf(shape.slice(2))
  const from = (l * shape[1]! + n) * size
  return data.subarray(from, from + size)
}
