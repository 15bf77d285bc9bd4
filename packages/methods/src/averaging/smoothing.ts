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
import { assertDeviation, sigmasOf, writeNoisy, type Deviation } from './deviation.js'
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
interface Smoothing extends Pick<MethodDefinition<SmoothingOptions>, 'name' | 'cite' | 'multiplier'> {
  /** Fewest samples from which its maps say anything. */
  readonly fewest: number
  readonly reduction: (samples: number) => (size: number) => Reduction
}

/**
 * Makes the factory of a method that reduces the base's maps of x + e, e normal, drawn from stream ('noise', example, sample) of the
 * seed. Over another base than the gradient the method's name ends in the base's: `smooth-grad-integrated-gradients`.
 */
export function smoothing({ name, cite, multiplier, fewest, reduction }: Smoothing) {
  const make = defineMethod<SmoothingOptions>({
    name,
    cite,
    defaults,
    ...(multiplier && { multiplier }),
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

function noisyCopies(context: MethodContext, count: number, deviation: Deviation): Copies {
  const inputs = rowsOf(context.input)
  const sigmas = sigmasOf(context, deviation)
  return { count, write: (n, k, into) => writeNoisy(context, [n, k], inputs[n]!, sigmas[n]!, into) }
}

function assertOptions(method: string, fewest: number, { base, samples, ...deviation }: SmoothingOptions): void {
  const option = (name: string): string => `option '${name}' of ${method}`
  if (base?.pass === undefined && base?.attribute === undefined) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: option('base'),
      expected: 'a method',
      found: base === null ? 'null' : 'an object with neither `pass` nor `attribute`'
    })
  }
  assertWhole(option('samples'), samples, fewest, 1_000_000)
  assertDeviation(option, deviation)
}
