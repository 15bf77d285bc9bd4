import { passBaseline, passOptions } from '../attribute.js'
import type { PerExample } from '../engine.js'
import { summedAxis, type Granularity } from '../granularity.js'
import { assertLogits } from '../logits.js'
import type { BackwardPass, Method, MethodContext } from '../method.js'
import type { Contest } from './contest.js'
import { measurePrecision } from './measured-precision.js'
import { streamed, type AxisOf } from './streamed.js'

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

async function contestOf(base: Method, context: MethodContext, axisOf: AxisOf, maps: PerExample) {
  const { contestants } = context
  const even = contestants.every(({ length }) => length === contestants[0]!.length)
  if (!even || base.pass === undefined || comparesInside(base.pass)) return streamed(base, context, axisOf, maps)
  return inEngine(base.pass, context, axisOf(await shapeAt(base.pass, context)), maps)
}

/** Whether the maps are times the rise of a value inside the model over what it is at the baseline: sessions know the baseline of the input only. */
function comparesInside({ wrt, multiply }: BackwardPass): boolean {
  return wrt !== undefined && multiply === 'input-minus-baseline'
}

/** The shape of what a pass is taken with respect to, `[N, ...]`. */
async function shapeAt({ wrt }: BackwardPass, { session, input, signal }: MethodContext) {
  if (wrt === undefined) return input.shape
  return (await session.forward(input, { at: wrt, ...(signal && { signal }) })).shape
}

function inEngine(pass: BackwardPass, context: MethodContext, axis: number | undefined, maps: PerExample) {
  const baseline = passBaseline(pass, context)
  return context.session.contest(context.input, context.contestants, {
    ...passOptions(context),
    ...(pass.rules && { rules: pass.rules }),
    ...(pass.wrt !== undefined && { wrt: pass.wrt }),
    ...(baseline && { baseline }),
    ...(axis !== undefined && { sumAxis: axis }),
    ...(context.onPlan && { onPlan: context.onPlan }),
    scale: pass.cotangent,
    multiply: pass.multiply,
    maps
  })
}
