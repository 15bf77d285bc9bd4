import { AgonError } from './error.js'
import type { MethodContext } from './method.js'
import { assertFinite, sizeOf, type Tensor } from './tensor.js'

/** What the input is compared with: the same number in every element, or a tensor shaped like the input or like one example. */
export type Baseline = number | Tensor

/** Throws AGON_BAD_OPTION for what is no baseline at all; whether a tensor fits shows only beside the input. */
export function assertBaseline(what: string, baseline: unknown): void {
  if (baseline === undefined || Number.isFinite(baseline)) return
  if (typeof baseline === 'object' && baseline !== null && (baseline as Partial<Tensor>).data instanceof Float32Array)
    return
  const found = typeof baseline === 'number' ? `${baseline}` : baseline === null ? 'null' : typeof baseline
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a finite number or a tensor', found })
}

/**
 * The baseline as a batch of one example or of as many as the input has: the method's own option before the one of the call, zero
 * where there is neither. Throws AGON_BAD_INPUT if it does not fit the input, AGON_NOT_FINITE if it holds NaN or infinity.
 */
export function baselineOf(
  { input, baseline: ofCall }: Pick<MethodContext, 'input' | 'baseline'>,
  option: Baseline | undefined
): Tensor {
  const wanted = option ?? ofCall ?? 0
  const rest = input.shape.slice(1)
  if (typeof wanted === 'number') return { shape: [1, ...rest], data: new Float32Array(sizeOf(rest)).fill(wanted) }
  minusBaseline(input, wanted)
  assertFinite('baseline', wanted)
  return { shape: [wanted.data.length / sizeOf(rest), ...rest], data: wanted.data }
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
  const { data } = baseline
  const difference = input.data.slice()
  for (let i = 0; i < difference.length; i++) difference[i] = difference[i]! - data[i % data.length]!
  return { shape: input.shape, data: difference }
}

/** Logits at the baseline `[N, ...]`; a baseline of one example serves all. */
export async function logitsAt(
  { session, logits, signal }: Pick<MethodContext, 'session' | 'logits' | 'signal'>,
  baseline: Tensor
): Promise<Tensor> {
  const { data } = await session.forward(baseline, signal && { signal })
  return { shape: logits.shape, data: Float32Array.from(logits.data, (_, i) => data[i % data.length]!) }
}
