import {
  AgonError,
  assertFinite,
  baselineOf,
  formatShape,
  rowsOf,
  sizeOf,
  type MethodContext,
  type Tensor
} from '@agon/core'

/** Several baselines, `[B, ...]`, and which of them each example may meet. */
export interface BaselineSet {
  readonly all: Tensor
  rowsOf(n: number): readonly number[]
}

/** Throws AGON_BAD_OPTION for what is no tensor; whether it fits shows only beside the input. */
export function assertBaselines(what: string, baselines: unknown): void {
  if (baselines === undefined || (baselines as Partial<Tensor> | null)?.data instanceof Float32Array) return
  const found = baselines === null ? 'null' : typeof baselines
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a tensor of baselines [B, ...]', found })
}

/**
 * The given baselines for every example, or without them the one of the call (each example's own, if it has as many), or zero.
 * Throws AGON_BAD_INPUT for baselines that are not shaped like examples of the input, AGON_NOT_FINITE for NaN or infinity.
 */
export function baselineSet(context: MethodContext, given: Tensor | undefined): BaselineSet {
  if (given === undefined) {
    const all = baselineOf(context, undefined)
    return { all, rowsOf: (n) => [n % all.shape[0]!] }
  }
  const rest = context.input.shape.slice(1)
  const [count, ...own] = given.shape
  const fits = own.join() === rest.join() && count! >= 1 && given.data.length === sizeOf(given.shape)
  if (!fits) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'baselines',
      expected: `a tensor ${formatShape(['B', ...rest])}`,
      found: `${given.data.length} values of shape ${formatShape(given.shape)}`
    })
  }
  assertFinite('baselines', given)
  const rows = Array.from({ length: count! }, (_, row) => row)
  return { all: given, rowsOf: () => rows }
}

/** The mean of the logits over the baselines that each example may meet, `[N, ...]`. */
export async function meanLogits({ session, logits, signal }: MethodContext, set: BaselineSet): Promise<Tensor> {
  const each = rowsOf(await session.forward(set.all, signal && { signal }))
  const data = rowsOf(logits).flatMap((row, n) => {
    const met = set.rowsOf(n)
    return Array.from(row, (_, label) => met.reduce((sum, at) => sum + each[at]![label]!, 0) / met.length)
  })
  return { shape: logits.shape, data: Float32Array.from(data) }
}
