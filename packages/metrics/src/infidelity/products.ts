import { AgonError, formatShape, rowsOf, type MetricContext } from '@agon/core'
import { unitsAlong, type Units } from '../perturbations/units.js'

/** What becomes of one map and its perturbations. */
export interface Products {
  /** The sum over the elements of a perturbation, divided by what the map is multiplied by, times the map. */
  of(perturbation: ArrayLike<number>): number
  /** Whether some perturbation so far differed between elements that share one value of the map. */
  isUneven(): boolean
}

/**
 * The products of example n's map phi with perturbations I, in float64: with `start`, by which the map's values were multiplied as x - start,
 *
 *     P = sum over i of phi_i I_i / (x_i - start_i),    I_i itself where x_i = start_i
 *
 * as Captum has it, and without it P = I . phi. A map that is summed over an axis, so that one value stands for several elements, is shared out evenly among
 * them (with `start`, among those where x and start differ: a product with 0 had no share in the sum). That is exact where the perturbation, divided, is the same
 * for all of them. Throws AGON_BAD_INPUT for maps that do not lie on the input.
 */
export function productsOf({ method, input, attribution }: MetricContext, n: number, start?: Float32Array): Products {
  assertLiesOnInput(method.name, attribution.shape, input.shape)
  const [x, map] = [rowsOf(input)[n]!, rowsOf(attribution)[n]!]
  const divisors = start && Float64Array.from(x, (value, i) => value - start[i]!)
  if (map.length === x.length) return { of: (I) => sumOf(I, divisors, (i) => map[i]!), isUneven: () => false }
  const units = unitsAlong(input.shape.slice(1), attribution.shape.slice(1))
  const shares = sharedOut(map, units, divisors)
  let isUneven = false
  return {
    of(I) {
      isUneven ||= differsInside(I, units, divisors)
      return sumOf(I, divisors, (i) => shares[i]!)
    },
    isUneven: () => isUneven
  }
}

function sumOf(I: ArrayLike<number>, divisors: Float64Array | undefined, valueAt: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < I.length; i++) sum += (valueAt(i) * I[i]!) / (divisors?.[i] || 1)
  return sum
}

/** The value of every unit in even shares. */
function sharedOut(map: Float32Array, { count, of }: Units, divisors: Float64Array | undefined): Float64Array {
  const sharers = new Float64Array(count)
  const shares = (i: number): boolean => divisors === undefined || divisors[i] !== 0
  of.forEach((unit, i) => (sharers[unit] = sharers[unit]! + (shares(i) ? 1 : 0)))
  return Float64Array.from(of, (unit, i) => (shares(i) ? map[unit]! / sharers[unit]! : 0))
}

/** Beyond the rounding of perturbed inputs to float32. */
function differsInside(I: ArrayLike<number>, { count, of }: Units, divisors: Float64Array | undefined): boolean {
  const first = new Float64Array(count).fill(NaN)
  let [largest, gap] = [0, 0]
  for (let i = 0; i < of.length; i++) {
    if (divisors?.[i] === 0) continue
    const weight = I[i]! / (divisors?.[i] ?? 1)
    const known = first[of[i]!]!
    largest = Math.max(largest, Math.abs(weight))
    if (Number.isNaN(known)) first[of[i]!] = weight
    else gap = Math.max(gap, Math.abs(weight - known))
  }
  return gap > 1e-4 * largest
}

function assertLiesOnInput(name: string, map: readonly number[], input: readonly number[]): void {
  if (map.length === input.length && map.every((extent, axis) => extent === input[axis] || (axis > 0 && extent === 1)))
    return
  throw new AgonError('AGON_BAD_INPUT', {
    what: `maps of method '${name}'`,
    expected: `the input's shape ${formatShape(input)}, or extent 1 on summed axes`,
    found: formatShape(map),
    remedy:
      'Infidelity is of maps at the input: leave the option layer out, and let class activation maps be brought to the input.'
  })
}
