import { example, measure, type Engine, type ExplainOptions, type Method, type Metric, type Score } from '@agon/core'
import { gradient, gradientTimesInput } from '@agon/methods'
import type { TinyModel } from '../tiny-models.js'
import type { Checks } from './check.js'
import { expect } from './expect.js'
import { bits, inputFor, rejection, withSession } from './subject.js'

/** A metric and what it is run on. */
interface Measured {
  readonly metric: Metric
  readonly engine: Engine
}

/** What a metric must be. */
export function metricChecks({ check }: Checks, subject: Measured, models: readonly TinyModel[]): void {
  const { metric } = subject
  check('has a name, a source, a direction and a range', () => {
    expect(metric.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(metric.cite.length).toBeGreaterThan(0)
    expect(['higher', 'lower']).toContain(metric.direction)
    expect(metric.range[1]).toBeGreaterThan(metric.range[0])
  })

  for (const tiny of models) {
    const { name } = tiny.model
    const input = inputFor(tiny, 3)
    const score = (options?: ExplainOptions, at = input) => scores(subject, tiny, at, gradientTimesInput(), options)

    check(`${name}: every example has a score in the range, and its sample count`, async () => {
      for (const { value, samples, spread = 0 } of await score()) {
        expect(value).toBeGreaterThanOrEqual(metric.range[0])
        expect(-value).toBeGreaterThanOrEqual(-metric.range[1])
        expect(Number.isSafeInteger(samples) && samples >= 1).toBe(true)
        expect(spread).toBeGreaterThanOrEqual(0)
      }
    })
    check(`${name}: the same seed gives the same scores, and the input is not written to`, async () => {
      const before = bits(input.data)
      expect(await score()).toEqual(await score())
      expect(bits(input.data)).toEqual(before)
    })
    check(`${name}: an example's score does not depend on the rest of the batch`, async () => {
      const together = await score()
      const random = values(together).join() !== values(await score({ seed: 12 })).join()
      for (const n of random ? [0] : [0, 1, 2]) {
        expect(values(await score({}, example(input, n)))).toEqual(values(together).slice(n, n + 1))
      }
    })
    check(`${name}: scores do not depend on the byte budget`, async () => {
      expect(values(await score({ memory: 2 ** 16 }))).toEqual(values(await score()))
    })
    check(`${name}: stops when it is aborted`, async () => {
      expect(await rejection(scores({ ...subject, metric: abortedInside(metric) }, tiny, input, gradient()))).toBe(
        'AbortError'
      )
    })
    check(`${name}: tells methods apart`, async () => {
      const [one, other] = [await score(), await scores(subject, tiny, input, noise)]
      expect(values(one).join() === values(other).join()).toBe(false)
    })
  }
}

function scores(
  { metric, engine }: Measured,
  tiny: TinyModel,
  input = inputFor(tiny, 3),
  method: Method,
  options: ExplainOptions = {}
) {
  return withSession(engine, tiny.model, (session) => measure(session, input, method, metric, { seed: 11, ...options }))
}

function values(of: readonly Score[]): number[] {
  return of.map(({ value }) => value)
}

/** The metric, aborted when it begins: `measure` around it would stop before. */
function abortedInside(metric: Metric): Metric {
  const signal = AbortSignal.abort()
  return {
    ...metric,
    measure: (context) => metric.measure({ ...context, signal, explain: () => Promise.reject(signal.reason as Error) })
  }
}

/** Maps that have nothing to do with the model. */
const noise: Method = {
  name: 'noise',
  cite: 'made up for this suite',
  attribute: async ({ input, targets, random }) => {
    const shape = [targets[0]!.length, ...input.shape]
    const data = new Float32Array(targets[0]!.length * input.data.length)
    random.fork('noise').normals(data)
    return { shape, data }
  }
}
