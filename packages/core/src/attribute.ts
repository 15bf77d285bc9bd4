import { AgonError } from './error.js'
import type { Attributed, BackwardPass, Method, MethodContext } from './method.js'
import { multiply, sizeOf, type Tensor } from './tensor.js'

/** Runs a method of either kind: `[L, N, ...]` attributions of the context's targets. */
export async function attribute(method: Method, context: MethodContext): Promise<Attributed> {
  if (method.attribute) {
    const result = await method.attribute(context)
    return 'attribution' in result ? result : { attribution: result }
  }
  if (method.pass) return { attribution: await runPass(method.pass, context) }
  throw new AgonError('AGON_BAD_INPUT', {
    what: `method '${method.name}'`,
    expected: 'a `pass` or an `attribute` function',
    found: 'neither'
  })
}

async function runPass(pass: BackwardPass, context: MethodContext): Promise<Tensor> {
  const { session, input, targets } = context
  const cotangents = { labels: targets, scale: pass.cotangent }
  const gradient = await session.vjp(input, cotangents, { ...passOptions(context), ...pick(pass) })
  if (pass.multiply === 'none') return gradient
  const at = pass.wrt === undefined ? input : await session.forward(input, { at: pass.wrt })
  return timesEach(gradient, pass.multiply === 'input' ? at : minusBaseline(at, context.baseline))
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

/** input - baseline in float32; a baseline of one example serves the whole batch, and none means zero. */
export function minusBaseline(input: Tensor, baseline: Tensor | undefined): Tensor {
  if (baseline === undefined) return input
  const size = sizeOf(input.shape.slice(1))
  if (baseline.data.length !== input.data.length && baseline.data.length !== size) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'baseline',
      expected: `${input.data.length} values, or ${size} for one example`,
      found: `${baseline.data.length}`
    })
  }
  return { shape: input.shape, data: input.data.map((value, i) => value - baseline.data[i % baseline.data.length]!) }
}
