import {
  AgonError,
  attribute,
  keptShare,
  rowsOf,
  type Attributed,
  type Contest,
  type Method,
  type MethodContext,
  type Random
} from '@agon/core'
import { bitsOf } from '../bits.js'
import { eachTarget } from './each-target.js'

/** Runs a method on a context. */
export type Run = (context: MethodContext) => Promise<Attributed>

/**
 * The control of a competition: the map that the explained label had before it competed, of which as many elements are kept as the competition kept, chosen at random; the rest is 0. Chosen from a
 * stream that the example's logits and the label name. What a similarity owes to there being fewer elements, it owes to this, too. Throws AGON_BAD_INPUT for a method
 * in which no labels compete.
 */
export function thinned(competitiveMethod: Method): Method {
  return thinnedBy(competitiveMethod, (context) => attribute(competitiveMethod, context))
}

/** The same, where something else runs the competition. */
export function thinnedBy({ name, options, multiplier }: Method, run: Run): Method {
  return {
    name: `thinned-${name}`,
    cite: 'Agon, docs/sanity-checks.md',
    ...(options && { options }),
    ...(multiplier && { multiplier }),
    async attribute(context) {
      // What is noted of the competition is not true of this map.
      const { attribution, contest } = await run({ ...context, note: () => undefined })
      if (contest === undefined) throw noContest(name)
      const size = attribution.data.length / attribution.shape[0]! / attribution.shape[1]!
      const logits = rowsOf(context.logits)
      return eachTarget(context, attribution.shape.slice(2), (n, target) => {
        const l = context.targets[n]!.indexOf(target)
        const from = (l * context.targets.length + n) * size
        const kept = keptShare(attribution.data.subarray(from, from + size)) * size
        return keepAtRandom(ownMap(contest, n, target, size), Math.round(kept), streamOf(context, logits[n]!, target))
      })
    }
  }
}

function streamOf({ random }: MethodContext, logits: Float32Array, target: number): Random {
  return random.fork('thinned', ...bitsOf(logits), target)
}

/** The own map that the contest kept of a label, or of its group. */
function ownMap({ maps, mapLabels, groups }: Contest, n: number, target: number, size: number): Float32Array {
  const contender = groups ? groups.findIndex(({ labels }) => labels.includes(target)) : target
  const from = mapLabels[n]!.indexOf(contender) * (maps.data.length / maps.shape[0]!) + n * size
  return maps.data.subarray(from, from + size)
}

/** `count` of the elements that are not 0, the others 0. */
function keepAtRandom(map: Float32Array, count: number, random: Random): Float32Array {
  const places = [...map.keys()].filter((at) => map[at] !== 0)
  const left = new Float32Array(map.length)
  for (const choice of random.permutation(places.length).slice(0, count)) left[places[choice]!] = map[places[choice]!]!
  return left
}

function noContest(name: string): AgonError {
  return new AgonError('AGON_BAD_INPUT', {
    what: `method '${name}' to be thinned`,
    expected: 'a method in which labels compete, which returns its contest',
    found: 'a map without one'
  })
}
