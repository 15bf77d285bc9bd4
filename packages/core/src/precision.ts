import type { PassOptions, Session } from './engine.js'
import { AgonError } from './error.js'
import { assertChoice } from './options.js'

/**
 * What the products of a backward pass are made of.
 * - `fp32`: float32 (or better) throughout.
 * - `bf16`: both factors of every product of a convolution or matrix product (Conv, ConvTranspose, MatMul, Gemm) are rounded to bfloat16,
 *   the nearest number of 8 significant bits, even at a tie. Their sums and every other operator are as in fp32.
 * - `tf32`: likewise, rounded to 11 significant bits; of the GPU's engine only.
 *
 * The forward pass is fp32 in any case: one in bf16 would take other sides of kinks, and change maps beyond rounding.
 */
export type Precision = 'fp32' | 'bf16' | 'tf32'
export const precisions: readonly Precision[] = ['fp32', 'bf16', 'tf32']

/**
 * The precision that is asked for. Throws AGON_BAD_OPTION for one that does not exist, or that the session does not have; nothing is computed
 * in another precision than was asked for.
 */
export function precisionOf(session: Session, { precision = 'fp32' }: PassOptions): Precision {
  assertChoice('precision', precision, precisions)
  const known = session.precisions ?? ['fp32']
  if (known.includes(precision)) return precision
  throw new AgonError('AGON_BAD_OPTION', {
    what: 'precision',
    expected: `one that this engine has: ${known.join(', ')}`,
    found: `'${precision}'`,
    remedy: 'Choose another engine, or fp32.'
  })
}
