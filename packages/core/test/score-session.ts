import { createRandom, explain, tensor, type Method, type Session, type Tensor } from '@agon/core'
import { linearSession, timesInput } from './linear-session.js'

/** Linear logits of a batch of inputs, and the maps that compete there. */
export interface Scores {
  readonly session: Session
  readonly calls: string[]
  readonly input: Tensor
  readonly labels: number
  /** The map of label c of example n. */
  map(n: number, c: number): Float32Array
}

/** Gradient times input as a program, of which no engine can make one pass. */
export const programmed: Method = { name: 'programmed', attribute: (context) => runTimesInput(context) }

async function runTimesInput({ session, input, targets }: Parameters<NonNullable<Method['attribute']>>[0]) {
  const { shape, data } = await session.vjp(input, { labels: targets })
  return { shape, data: data.map((value, i) => Math.fround(value * input.data[i % input.data.length]!)) }
}

/** Maps of ones, but for one NaN in every map of label `broken`. */
export function brokenAt(broken: number): Method {
  const valueOf = (label: number, i: number): number => (label === broken && i === 3 ? NaN : 1)
  return {
    name: 'broken',
    async attribute({ input: { shape, data }, targets }) {
      const [examples, size] = [shape[0]!, data.length / shape[0]!]
      const maps = targets[0]!.flatMap((_, l) =>
        targets.flatMap((labels) => Array.from({ length: size }, (_, i) => valueOf(labels[l]!, i)))
      )
      return tensor([targets[0]!.length, examples, ...shape.slice(1)], maps)
    }
  }
}

/** Maps of `labels` labels: weights from `draw`, inputs of both signs, so that every example has other maps. */
export async function scoresOf(
  seed: number,
  labels: number,
  { size = 40, examples = 2, draw = 'normal' as 'normal' | 'few' } = {}
): Promise<Scores> {
  const random = createRandom(seed)
  // Few values: ties and zeros are frequent.
  const value = (): number => (draw === 'normal' ? random.normal() : random.integer(5) - 2)
  const weights = Array.from({ length: labels }, () => Array.from({ length: size }, value))
  const factor = (): number => (draw === 'normal' ? random.normal() : random.integer(2) * 2 - 1)
  const input = tensor([examples, size], Array.from({ length: examples * size }, factor))
  return scoresFrom(weights, input)
}

/** The maps `weights[c]` times the input of every example. */
export async function scoresFrom(weights: readonly (readonly number[])[], input: Tensor): Promise<Scores> {
  const size = weights[0]!.length
  const { session, calls } = linearSession(weights, [size])
  const own = await Promise.all(
    weights.map((_, target) => explain(session, input, timesInput(), { target }).then(({ attribution }) => attribution))
  )
  calls.length = 0
  return {
    session,
    calls,
    input,
    labels: weights.length,
    map: (n, c) => own[c]!.data.slice(n * size, (n + 1) * size)
  }
}

/** Example n of a map `[N, size]`. */
export function row({ shape, data }: Tensor, n: number): Float32Array {
  const size = data.length / shape[0]!
  return data.slice(n * size, (n + 1) * size)
}
