import { precisionOf, precisions, sizeOf, type Contest, type PerExample, type Session, type Tensor } from '@agon/core'
import { assertContest, stackedShape } from '@agon/graph'
import type { ContestRequest } from './addon.js'
import { runJob } from './job.js'
import { planOf, traceOf } from './plan.js'
import { factorOf, mapShape, type Options } from './map.js'
import type { Prepared } from './prepared.js'
import type { SpareArrays } from './spare-arrays.js'
import { allocate, allocateLabels, assertMemory, labelArray, valueId } from './validate.js'

/** Runs a contest with respect to the input or another value, fused in the core. */
export async function runContest(
  session: Session,
  prepared: Prepared,
  input: Tensor,
  labels: PerExample,
  options: Options,
  spares: SpareArrays
): Promise<Contest> {
  const { model } = prepared
  const precision = precisions.indexOf(precisionOf(session, options))
  const wrt = options.wrt ?? model.inputs[0]!.name
  const of: Wrt = { id: valueId(prepared, 'wrt', wrt), shape: stackedShape(model.shapes.get(wrt)!, input.shape[0]!) }
  assertContest(model, of.shape, labels, options)
  if (options.multiply === undefined || options.multiply === 'none') {
    return fused(prepared, input, of, labels, options, precision, spares)
  }
  const { signal } = options
  const isInput = wrt === model.inputs[0]!.name
  const at = isInput ? input : await session.forward(input, { at: wrt, ...(signal && { signal }) })
  return fused(prepared, input, { ...of, factor: factorOf(at, options)! }, labels, options, precision, spares)
}

/** The value that gradients are taken to: its id, its shape over all examples, and what the gradients are multiplied by. */
interface Wrt {
  readonly id: number
  readonly shape: readonly number[]
  readonly factor?: Tensor
}

async function fused(
  { native, origins, plans }: Prepared,
  input: Tensor,
  wrt: Wrt,
  labels: PerExample,
  options: Options,
  precision: number,
  spares: SpareArrays
): Promise<Contest> {
  const memory = assertMemory(options.memory)
  const mapLabels = options.maps ?? labels.map(() => [])
  const shape = mapShape(wrt.shape, options.sumAxis)
  const arrays = arraysOf(sizeOf(shape), mapLabels[0]!.length, spares)
  const trace = plans && options.onPlan ? traceOf(origins) : undefined
  const request = requestOf(wrt, labels, mapLabels, options)
  const run = (progress?: (done: number, total: number) => void) =>
    native.contest(
      input.data,
      input.shape[0]!,
      request,
      { ...arrays, ...(trace && { trace }) },
      memory,
      precision,
      progress
    )
  await runJob(run, options)
  if (trace) options.onPlan!(planOf(trace, origins))
  const { maps, ...folded } = arrays
  return { shape, labels, ...folded, maps: { shape: [mapLabels[0]!.length, ...shape], data: maps }, mapLabels }
}

function requestOf(
  { id, shape, factor }: Wrt,
  labels: PerExample,
  maps: PerExample,
  { sumAxis, scale }: Options
): ContestRequest {
  return {
    wrt: id,
    count: labels[0]!.length,
    labels: labelArray(labels),
    scaleByLogit: scale === 'logit',
    mapLabels: labelArray(maps),
    mapCount: maps[0]!.length,
    ...(factor && { factor: factor.data }),
    ...(sumAxis !== undefined && { sum: around(shape, sumAxis) })
  }
}

function arraysOf(size: number, mapCount: number, spares: SpareArrays) {
  const floats = () => allocate('contest', size, spares)
  const labels = () => allocateLabels('contest', size, spares)
  return {
    best: floats(),
    runnerUp: floats(),
    worst: floats(),
    runnerDown: floats(),
    bestLabel: labels(),
    worstLabel: labels(),
    maps: allocate('maps of a contest', size * mapCount, spares)
  }
}

/** One example as `[outer, extent, inner]` around an axis of the batch. */
function around(shape: readonly number[], axis: number): Int32Array {
  return Int32Array.of(sizeOf(shape.slice(1, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1)))
}
