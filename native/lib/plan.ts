import { ways, type Plan, type PlanLayer } from '@agon/core'
import type { Origin } from './addon.js'

/** Numbers per instruction in a trace, in the order of writeTrace in addon/session.cpp. */
const perInstruction = 9

/** Memory for the trace of a contest. */
export function traceOf(origins: readonly Origin[]): Float64Array {
  return new Float64Array(perInstruction * origins.length + 2)
}

/** The plan that a trace tells of. */
export function planOf(trace: Float64Array, origins: readonly Origin[]): Plan {
  const layers = origins.map((origin, i) => layerOf(origin, trace.subarray(perInstruction * i)))
  const [forwardSeconds, foldSeconds] = trace.subarray(perInstruction * origins.length)
  return {
    layers: layers.filter(({ cotangents }) => cotangents > 0),
    forwardSeconds: forwardSeconds!,
    foldSeconds: foldSeconds!
  }
}

function layerOf(origin: Origin, numbers: Float64Array): PlanLayer {
  const [way, alive, outputs, wanted, inputs, products, denseProducts, seconds, cotangents] =
    numbers as unknown as number[]
  return {
    ...origin,
    way: ways[way!]!,
    alive: alive!,
    outputs: outputs!,
    wanted: wanted!,
    inputs: inputs!,
    products: products!,
    denseProducts: denseProducts!,
    seconds: seconds!,
    cotangents: cotangents!
  }
}
