import { precisionOf, precisions, sizeOf, type Contest, type PerExample, type Session, type Tensor } from '@agon/core'
import { assertContest, assertNoRules, stackedShape } from '@agon/graph'
import type { ContestRequest } from './addon.js'
import { runJob } from './job.js'
import { planOf, traceOf } from './plan.js'
import { factorOf, mapShape, type Options } from './map.js'
import type { Prepared } from './prepared.js'
import { streamContest } from './stream-contest.js'
import { allocate, assertMemory, labelArray, valueId } from './validate.js'

/** Runs a contest: fused in the core with respect to the input, by chunks of label passes with respect to another value. */
export async function runContest(
  session: Session,
  prepared: Prepared,
  input: Tensor,
  labels: PerExample,
  options: Options
): Promise<Contest> {
  const { model } = prepared
  assertNoRules('cpu', options.rules)
  const precision = precisionOf(session, options)
  const wrt = options.wrt ?? model.inputs[0]!.name
  valueId(prepared, 'wrt', wrt)
  assertContest(model, stackedShape(model.shapes.get(wrt)!, input.shape[0]!), labels, options)
  if (wrt !== model.inputs[0]!.name) return streamContest(session, input, labels, options, wrt)
  return fused(prepared, input, labels, options, precisions.indexOf(precision))
}

async function fused(
  { native, origins }: Prepared,
  input: Tensor,
  labels: PerExample,
  options: Options,
  precision: number
): Promise<Contest> {
  const memory = assertMemory(options.memory)
  const mapLabels = options.maps ?? labels.map(() => [])
  const shape = mapShape(input.shape, options.sumAxis)
  const arrays = arraysOf(sizeOf(shape), mapLabels[0]!.length)
  const trace = options.onPlan && traceOf(origins)
  const request = requestOf(input, labels, mapLabels, options)
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

function requestOf(input: Tensor, labels: PerExample, maps: PerExample, options: Options): ContestRequest {
  const { sumAxis, scale } = options
  const factor = factorOf(input, options)
  return {
    count: labels[0]!.length,
    labels: labelArray(labels),
    scaleByLogit: scale === 'logit',
    mapLabels: labelArray(maps),
    mapCount: maps[0]!.length,
    ...(factor && { factor: factor.data }),
    ...(sumAxis !== undefined && { sum: around(input.shape, sumAxis) })
  }
}

function arraysOf(size: number, mapCount: number) {
  return {
    best: allocate('contest', size),
    runnerUp: allocate('contest', size),
    worst: allocate('contest', size),
    runnerDown: allocate('contest', size),
    bestLabel: new Int32Array(size),
    worstLabel: new Int32Array(size),
    maps: allocate('maps of a contest', size * mapCount)
  }
}

/** One example as `[outer, extent, inner]` around an axis of the batch. */
function around(shape: readonly number[], axis: number): Int32Array {
  return Int32Array.of(sizeOf(shape.slice(1, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1)))
}
