import { baselineOf, logitsAt, minusBaseline } from './baseline.js'
import { AgonError } from './error.js'
import type { Attributed, BackwardPass, Method, MethodContext } from './method.js'
import { multiply, type Tensor } from './tensor.js'

/** Runs a method of either kind: `[L, N, ...]` attributions of the context's targets. */
export async function attribute(method: Method, context: MethodContext): Promise<Attributed> {
  if (method.attribute) {
    const result = await method.attribute(context)
    return 'attribution' in result ? result : { attribution: result }
  }
  if (method.pass) return runPass(method.pass, context)
  throw new AgonError('AGON_BAD_INPUT', {
    what: `method '${method.name}'`,
    expected: 'a `pass` or an `attribute` function',
    found: 'neither'
  })
}

async function runPass(pass: BackwardPass, context: MethodContext): Promise<Attributed> {
  const { session, input, targets } = context
  const cotangents = { labels: targets, scale: pass.cotangent }
  const baseline = passBaseline(pass, context)
  const options = { ...passOptions(context), ...pick(pass), ...(baseline && { baseline }) }
  const gradient = await session.vjp(input, cotangents, options)
  const attribution = pass.multiply === 'none' ? gradient : timesEach(gradient, await factorOf(pass, context, baseline))
  if (!pass.completes) return { attribution }
  return { attribution, baselineLogits: await logitsAt(context, baselineOf(context, pass.baseline)) }
}

/** The baseline of a pass: its own before the one of the call; none means zero. */
export function passBaseline({ baseline }: BackwardPass, context: MethodContext): Tensor | undefined {
  return baseline === undefined ? context.baseline : baselineOf(context, baseline)
}

/** What gradients are multiplied by, at the value that they are of. */
async function factorOf(
  { multiply, wrt }: BackwardPass,
  { session, input }: MethodContext,
  baseline: Tensor | undefined
) {
  const at = async (tensor: Tensor): Promise<Tensor> =>
    wrt === undefined ? tensor : session.forward(tensor, { at: wrt })
  if (multiply === 'input') return at(input)
  if (baseline === undefined && wrt !== undefined) {
    const zero = { shape: input.shape, data: new Float32Array(input.data.length) }
    return minusBaseline(await at(input), await at(zero))
  }
  return minusBaseline(await at(input), baseline && (await at(baseline)))
}

/** What a method passes on from its context to every pass that it makes: signal, progress, byte budget, precision. */
export function passOptions({ signal, onProgress, memory, precision }: MethodContext) {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(memory !== undefined && { memory }),
    ...(precision && { precision })
  }
}

function pick({ rules, wrt }: BackwardPass) {
  return { ...(rules && { rules }), ...(wrt !== undefined && { wrt }) }
}

/** `[L, N, ...]` times `[N, ...]`, rounded to float32 once per product. */
export function timesEach(gradient: Tensor, factor: Tensor): Tensor {
  const size = factor.data.length
  const data = new Float32Array(gradient.data.length)
  for (let l = 0; l * size < data.length; l++) {
    data.set(multiply(gradient.data.subarray(l * size, (l + 1) * size), factor.data), l * size)
  }
  return { shape: gradient.shape, data }
}
