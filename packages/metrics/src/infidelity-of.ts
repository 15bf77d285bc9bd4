/** An infidelity, and how far single perturbations are from it. */
export interface Infidelity {
  readonly value: number
  /** Standard deviation of the squared errors, over their number - 1; absent with one perturbation. */
  readonly spread?: number
  /** What the products were multiplied by; 1 unless scaled. */
  readonly beta: number
}

/**
 * The infidelity of one map from its products P_k with perturbations I_k and the differences d_k = f(x) - f(x - I_k) of the logit f,
 *
 *     (1/n) sum over k of (b P_k - d_k)^2,    b = 1, or, scaled, (sum over k of d_k P_k) / (sum over k of P_k^2)
 *
 * in float64; b = 0 where all products are 0. It does not matter where the products come from: P_k = I_k . phi, or what Captum makes of a map that is
 * multiplied by the input.
 */
export function infidelityOf(
  products: ArrayLike<number>,
  differences: ArrayLike<number>,
  { scaled = false }: { readonly scaled?: boolean } = {}
): Infidelity {
  const beta = scaled ? optimalScale(products, differences) : 1
  const errors = Float64Array.from(products, (product, k) => (beta * product - differences[k]!) ** 2)
  const value = meanOf(errors)
  if (errors.length < 2) return { value, beta }
  const squares = errors.reduce((sum, error) => sum + (error - value) ** 2, 0)
  return { value, spread: Math.sqrt(squares / (errors.length - 1)), beta }
}

function optimalScale(products: ArrayLike<number>, differences: ArrayLike<number>): number {
  let [across, square] = [0, 0]
  for (let k = 0; k < products.length; k++) {
    across += products[k]! * differences[k]!
    square += products[k]! ** 2
  }
  return square === 0 ? 0 : across / square
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
