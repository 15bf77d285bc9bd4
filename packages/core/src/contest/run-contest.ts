import { attribute, passOptions } from '../attribute.js'
import { defaultMemory, type PerExample } from '../engine.js'
import { summedAxis, type Granularity } from '../granularity.js'
import { assertLogits } from '../logits.js'
import type { BackwardPass, Method, MethodContext } from '../method.js'
import { sizeOf, sumAxis, type Tensor } from '../tensor.js'
import type { Contest } from './contest.js'
import { createFold, type Fold } from './fold.js'
import { measurePrecision } from './measured-precision.js'

export interface GranularityOptions {
  readonly granularity: Granularity
  readonly channelAxis: number | undefined
}

/**
 * Lets the context's contestants compete over the base method's maps, whose own shape says which axis `pixel` sums. A base that is one
 * backward pass runs in the engine, fused if it is with respect to the input, where every example has as many contestants; anything
 * else is streamed through the same fold in chunks of labels. A contest in a precision below fp32 is followed by a measurement of what
 * that changes.
 */
export async function runContest(
  base: Method,
  context: MethodContext,
  { granularity, channelAxis }: GranularityOptions,
  maps: PerExample
): Promise<Contest> {
  assertLogits(context.session.model)
  const axisOf: AxisOf = (shape) => summedAxis(shape, granularity, channelAxis)
  const contest = await contestOf(base, context, axisOf, maps)
  const { precision = 'fp32' } = context
  if (precision === 'fp32') return contest
  const noMaps = maps.map(() => [])
  const ofSample = (sample: MethodContext) => contestOf(base, sample, axisOf, noMaps)
  return { ...contest, precision: await measurePrecision(precision, context, ofSample) }
}

/** The axis of maps `[N, ...]` that is summed before the labels compete. */
type AxisOf = (shape: readonly number[]) => number | undefined

async function contestOf(base: Method, context: MethodContext, axisOf: AxisOf, maps: PerExample) {
  const { contestants } = context
  const even = contestants.every(({ length }) => length === contestants[0]!.length)
  if (!even || base.pass === undefined) return streamed(base, context, axisOf, maps)
  return inEngine(base.pass, context, axisOf(await shapeAt(base.pass, context)), maps)
}

/** The shape of what a pass is taken with respect to, `[N, ...]`. */
async function shapeAt({ wrt }: BackwardPass, { session, input, signal }: MethodContext) {
  if (wrt === undefined) return input.shape
  return (await session.forward(input, { at: wrt, ...(signal && { signal }) })).shape
}

function inEngine(pass: BackwardPass, context: MethodContext, axis: number | undefined, maps: PerExample) {
  return context.session.contest(context.input, context.contestants, {
    ...passOptions(context),
    ...(pass.rules && { rules: pass.rules }),
    ...(pass.wrt !== undefined && { wrt: pass.wrt }),
    ...(context.baseline && { baseline: context.baseline }),
    ...(axis !== undefined && { sumAxis: axis }),
    ...(context.onPlan && { onPlan: context.onPlan }),
    scale: pass.cotangent,
    multiply: pass.multiply,
    maps
  })
}

/** The whole batch at once, a chunk of labels at a time: a random method draws for every example what it draws without a contest. */
async function streamed(base: Method, context: MethodContext, axisOf: AxisOf, maps: PerExample) {
  const { input, contestants, memory } = context
  const total = contestants.reduce((sum, labels) => sum + labels.length, 0)
  const most = contestants.reduce((longest, { length }) => Math.max(longest, length), 0)
  // Half of the budget for the base's own passes, half for its maps: a label's map and its sum, float32, or a program's float64 sums.
  const half = (memory ?? defaultMemory) / 2
  const own = { ...context, ...(memory !== undefined && { memory: Math.ceil(half) }), onProgress: () => undefined }
  const chunk = Math.max(1, Math.floor(half / (16 * input.data.length)))
  let done = 0
  let fold: Fold | undefined
  for (let from = 0; from < most; from += chunk) {
    context.signal?.throwIfAborted()
    const targets = labelsAt(contestants, from, Math.min(chunk, most - from))
    const { attribution } = await attribute(base, { ...own, targets })
    const axis = axisOf(attribution.shape.slice(1))
    const summed = axis === undefined ? attribution : sumAxis(attribution, axis + 1)
    fold ??= createFold(summed.shape.slice(1), contestants, maps)
    done += addAll(fold, contestants, from, summed)
    context.onProgress?.(done, total)
  }
  return fold!.finish()
}

/** Contestants from .. from + count - 1 of every example; a list that is at its end repeats its last label. */
function labelsAt(contestants: PerExample, from: number, count: number): PerExample {
  return contestants.map((labels) =>
    Array.from({ length: count }, (_, l) => labels[Math.min(from + l, labels.length - 1)]!)
  )
}

/** Folds maps `[L, N, ...]` of contestants from .. from + L - 1, repeated labels left out. Returns how many were folded. */
function addAll(fold: Fold, contestants: PerExample, from: number, { shape, data }: Tensor): number {
  const [count, examples] = [shape[0]!, shape[1]!]
  const size = sizeOf(shape.slice(2))
  let added = 0
  contestants.forEach((labels, n) => {
    labels.slice(from, from + count).forEach((label, l) => {
      const at = (l * examples + n) * size
      fold.add(n, label, data.subarray(at, at + size))
      added++
    })
  })
  return added
}
