import { attribute, passOptions } from '../attribute.js'
import type { PerExample } from '../engine.js'
import { summedAxis, type Granularity } from '../granularity.js'
import { assertLogits } from '../logits.js'
import type { BackwardPass, Method, MethodContext } from '../method.js'
import { example, sizeOf, sumAxis } from '../tensor.js'
import type { Contest } from './contest.js'
import { createFold } from './fold.js'

export interface GranularityOptions {
  readonly granularity: Granularity
  readonly channelAxis: number | undefined
}

/**
 * Lets the context's contestants compete over the base method's maps. A base that is one backward pass with respect to
 * the input runs fused in the engine; any other is streamed through the same fold in chunks of labels.
 */
export async function runContest(
  base: Method,
  context: MethodContext,
  { granularity, channelAxis }: GranularityOptions,
  maps: PerExample
): Promise<Contest> {
  assertLogits(context.session.model)
  const axis = summedAxis(context.input.shape, granularity, channelAxis)
  if (base.pass !== undefined && base.pass.wrt === undefined) return fused(base.pass, context, axis, maps)
  return streamed(base, context, axis, maps)
}

function fused(pass: BackwardPass, context: MethodContext, axis: number | undefined, maps: PerExample) {
  return context.session.contest(context.input, context.contestants, {
    ...passOptions(context),
    ...(pass.rules && { rules: pass.rules }),
    ...(context.baseline && { baseline: context.baseline }),
    ...(axis !== undefined && { sumAxis: axis }),
    scale: pass.cotangent,
    multiply: pass.multiply,
    maps
  })
}

async function streamed(base: Method, context: MethodContext, axis: number | undefined, maps: PerExample) {
  const { input, contestants } = context
  const examples = input.shape[0]!
  const total = contestants.reduce((sum, labels) => sum + labels.length, 0)
  let done = 0
  let fold: ReturnType<typeof createFold> | undefined
  for (let n = 0; n < examples; n++) {
    const one = exampleContext(context, n)
    const size = sizeOf(input.shape.slice(1))
    const chunk = Math.max(1, Math.floor((context.memory ?? 2 ** 26) / (8 * size)))
    for (let from = 0; from < contestants[n]!.length; from += chunk) {
      context.signal?.throwIfAborted()
      const labels = contestants[n]!.slice(from, from + chunk)
      const { attribution } = await attribute(base, { ...one, targets: [labels], contestants: [contestants[n]!] })
      const summed = axis === undefined ? attribution : sumAxis(attribution, axis + 1)
      fold ??= createFold([examples, ...summed.shape.slice(2)], contestants, maps)
      const each = summed.data.length / labels.length
      for (const [l, label] of labels.entries()) fold.add(n, label, summed.data.subarray(l * each, (l + 1) * each))
      context.onProgress?.((done += labels.length), total)
    }
  }
  return fold!.finish()
}

function exampleContext(context: MethodContext, n: number): MethodContext {
  const { baseline, ...rest } = context
  return {
    ...rest,
    input: example(context.input, n),
    logits: example(context.logits, n),
    ...(baseline && { baseline: baseline.shape[0] === 1 ? baseline : example(baseline, n) }),
    onProgress: () => undefined
  }
}
