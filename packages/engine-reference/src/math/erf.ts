/**
 * erf and erfc to about 1e-15 relative, by the rational Chebyshev approximations of W. J. Cody, "Rational Chebyshev
 * approximations for the error function", Mathematics of Computation 23 (1969), 631-637. Three ranges of |x|:
 *
 *     |x| <= 0.46875        erf(x)  = x P(x^2) / Q(x^2)
 *     0.46875 < |x| <= 4    erfc(x) = exp(-x^2) P(x) / Q(x)
 *     |x| > 4               erfc(x) = exp(-x^2) / x (1 / sqrt(pi) - P(1/x^2) / (x^2 Q(1/x^2)))
 *
 * Coefficients are ascending in the power of the argument.
 */
const smallTop = [3209.3775891384694, 377.485237685302, 113.86415415105014, 3.1611237438705655, 0.18577770618460315]
const smallBottom = [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1]

const middleTop = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163,
  8.883149794388375, 0.5641884969886701, 2.1531153547440383e-8
]
const middleBottom = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903, 537.1811018620099,
  117.6939508913125, 15.744926110709835, 1
]

const largeTop = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236,
  0.016315387137302097
]
const largeBottom = [
  0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1
]

/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size <= 0.46875) return (x * polynomial(smallTop, x * x)) / polynomial(smallBottom, x * x)
  const upper = upperErfc(size)
  return x > 0 ? 1 - upper : upper - 1
}

/** 1 - erf(x), without cancellation for large x. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x)
  return x > 0 ? upperErfc(x) : 2 - upperErfc(-x)
}

/** erfc for x > 0.46875. */
function upperErfc(x: number): number {
  if (x <= 4) return (gaussian(x) * polynomial(middleTop, x)) / polynomial(middleBottom, x)
  const y = 1 / (x * x)
  const tail = (y * polynomial(largeTop, y)) / polynomial(largeBottom, y)
  return (gaussian(x) * (1 / Math.sqrt(Math.PI) - tail)) / x
}

/** exp(-x^2); x is split at 1/16 so that the rounding of x^2 is not magnified by the exponential. */
function gaussian(x: number): number {
  const coarse = Math.trunc(x * 16) / 16
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse))
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)
}
