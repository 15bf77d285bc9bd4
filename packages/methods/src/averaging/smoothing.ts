import {
  AgonError,
  assertWhole,
  defineMethod,
  rowsOf,
  type Method,
  type MethodContext,
  type MethodDefinition
} from '@agon/core'
import { gradient } from '../gradient.js'
import { reduceCopies, type Copies } from './copies.js'
import type { Reduction } from './reductions.js'

/** Options of the methods that look at noisy copies of the input. */
export interface SmoothingOptions {
  /** The method whose maps of noisy copies are reduced. Default: `gradient`. */
  readonly base: Method
  /** Noisy copies of every example, at most a million. Default 50. */
  readonly samples: number
  /** Standard deviation of the noise as a share of an example's range, its maximum - its minimum. Default 0.15. */
  readonly noise: number
  /** Standard deviation in units of the input, in place of `noise`. */
  readonly sigma: number | undefined
}

const defaults: SmoothingOptions = { base: gradient(), samples: 50, noise: 0.15, sigma: undefined }

/** What tells one of these methods from another. */
interface Smoothing extends Pick<MethodDefinition<SmoothingOptions>, 'name' | 'cite'> {
  /** Fewest samples from which its maps say anything. */
  readonly fewest: number
  readonly reduction: (samples: number) => (size: number) => Reduction
}

/**
 * Makes the factory of a method that reduces the base's maps of x + e, e normal, drawn from stream ('noise', example, sample) of the
 * seed. Over another base than the gradient the method's name ends in the base's: `smooth-grad-integrated-gradients`.
 */
export function smoothing({ name, cite, fewest, reduction }: Smoothing) {
  const make = defineMethod<SmoothingOptions>({
    name,
    cite,
    defaults,
    check: (options) => assertOptions(name, fewest, options),
    attribute: (context, { base, samples, ...deviation }) =>
      reduceCopies(context, base, noisyCopies(context, samples, deviation), reduction(samples))
  })
  return (options?: Partial<SmoothingOptions>): Method => {
    const { name: base } = options?.base ?? defaults.base
    const method = make(options)
    return base === defaults.base.name ? method : { ...method, name: `${name}-${base}` }
  }
}

function noisyCopies(
  context: MethodContext,
  count: number,
  deviation: Pick<SmoothingOptions, 'noise' | 'sigma'>
): Copies {
  const inputs = rowsOf(context.input)
  const sigmas = inputs.map((x, n) => deviation.sigma ?? deviation.noise * rangeOf(x, n, context))
  return {
    count,
    write(n, k, into) {
      context.random.fork('noise', n, k).normals(into)
      const [x, sigma] = [inputs[n]!, sigmas[n]!]
      for (let i = 0; i < into.length; i++) into[i] = x[i]! + sigma * into[i]!
    }
  }
}

/** Maximum - minimum of example n; of a constant example it is said that nothing can be a share of it. */
function rangeOf(x: Float32Array, n: number, { note }: MethodContext): number {
  let [least, most] = [Infinity, -Infinity]
  for (const value of x) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (least === most) {
    note({
      code: 'no-noise',
      message: `All values of example ${n} are equal, so noise that is a share of its range is none; give sigma instead.`
    })
  }
  return most - least
}

function assertOptions(method: string, fewest: number, { base, samples, noise, sigma }: SmoothingOptions): void {
  const option = (name: string): string => `option '${name}' of ${method}`
  if (base?.pass === undefined && base?.attribute === undefined) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: option('base'),
      expected: 'a method',
      found: base === null ? 'null' : 'an object with neither `pass` nor `attribute`'
    })
  }
  assertWhole(option('samples'), samples, fewest, 1_000_000)
  assertDeviation(option('noise'), noise)
  if (sigma !== undefined) assertDeviation(option('sigma'), sigma)
}

function assertDeviation(what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number >= 0', found: String(value) })
}
