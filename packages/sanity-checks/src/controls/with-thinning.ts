import { attribute, type Attributed, type Method, type MethodContext, type Note, type Session } from '@agon/core'
import { thinnedBy } from './thinned.js'

/** A competitive method and its control. */
export interface WithThinning {
  readonly competitive: Method
  readonly thinned: Method
}

interface Remembered {
  readonly context: MethodContext
  /** A number from the context's random stream, which tells seeds apart. */
  readonly drawn: number
  readonly notes: readonly Note[]
  readonly result: Promise<Attributed>
}

/**
 * A competitive method and `thinned` of it, which share the last competition on each session: whichever is asked second for the same input, labels and seed runs none. Maps are bit for
 * bit those of the two on their own.
 */
export function withThinning(competitiveMethod: Method): WithThinning {
  const last = new WeakMap<Session, Remembered>()
  const run = async (context: MethodContext): Promise<Attributed> => {
    const known = last.get(context.session)
    const drawn = context.random.fork('same').uint32()
    const found = known && isSame(known, context, drawn) ? known : start(context, drawn)
    last.set(context.session, found)
    try {
      const result = await found.result
      found.notes.forEach((note) => context.note(note))
      return result
    } catch (error) {
      last.delete(context.session)
      throw error
    }
  }
  const start = (context: MethodContext, drawn: number): Remembered => {
    const notes: Note[] = []
    const result = attribute(competitiveMethod, { ...context, note: (note) => notes.push(note) })
    return { context, drawn, notes, result }
  }
  const { name, cite, options, multiplier } = competitiveMethod
  const competitive: Method = {
    name,
    ...(cite !== undefined && { cite }),
    ...(options && { options }),
    ...(multiplier && { multiplier }),
    attribute: run
  }
  return { competitive, thinned: thinnedBy(competitiveMethod, run) }
}

function isSame({ context: known, drawn }: Remembered, context: MethodContext, other: number): boolean {
  const same = <T>(a: T, b: T): boolean => JSON.stringify(a) === JSON.stringify(b)
  return (
    drawn === other &&
    known.input.data === context.input.data &&
    known.baseline?.data === context.baseline?.data &&
    known.precision === context.precision &&
    same(known.input.shape, context.input.shape) &&
    same(known.targets, context.targets) &&
    same(known.contestants, context.contestants)
  )
}
