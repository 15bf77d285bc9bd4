import { passOptions } from '../attribute.js'
import type { PerExample } from '../engine.js'
import { summedAxis, type Granularity } from '../granularity.js'
import { assertLogits } from '../logits.js'
import type { BackwardPass, Method, MethodContext } from '../method.js'
import type { Contest } from './contest.js'
import { measurePrecision } from './measured-precision.js'
import { streamed } from './streamed.js'

export interface GranularityOptions {
  readonly granularity: Granularity
  readonly channelAxis: number | undefined
}

/**
 * Lets the context's contestants compete over the base method's maps. A base that is one backward pass
 * runs fused in the engine, where every example has as many contestants; anything else is streamed through the same
 * fold in chunks of labels. A contest in a precision below fp32 is followed by a measurement of what that changes.
 */
export async function runContest(
  base: Method,
  context: MethodContext,
  { granularity, channelAxis }: GranularityOptions,
  maps: PerExample
): Promise<Contest> {
  assertLogits(context.session.model)
  const axis = summedAxis(context.input.shape, granularity, channelAxis)
  const contest = await contestOf(base, context, axis, maps)
  const { precision = 'fp32' } = context
  if (precision === 'fp32') return contest
  const noMaps = maps.map(() => [])
  const ofSample = (sample: MethodContext) => contestOf(base, sample, axis, noMaps)
  return { ...contest, precision: await measurePrecision(precision, context, ofSample) }
}

async function contestOf(base: Method, context: MethodContext, axis: number | undefined, maps: PerExample) {
  const even = context.contestants.every(({ length }) => length === context.contestants[0]!.length)
  if (even && base.pass !== undefined) return fused(base.pass, context, axis, maps)
  return streamed(base, context, axis, maps)
}

function fused(pass: BackwardPass, context: MethodContext, axis: number | undefined, maps: PerExample) {
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
