import type { PerExample } from '../engine.js'
import type { MethodContext, Note } from '../method.js'
import { alikeness } from './alikeness.js'
import { rankedContenders, type Contenders } from './contenders.js'
import type { Contest } from './contest.js'

/** How many rivals' own maps are compared with the targets' to tell whether the labels' maps are all alike. */
const rivalsCompared = 6

/** Contenders whose own maps tell whether all are alike: the targets and a few rivals with large logits, the same number for every example. */
export function sampleMaps(context: MethodContext, contenders: Contenders): PerExample {
  const { targets } = contenders
  const wanted = rankedContenders(context, contenders).map((all, n) => {
    const rivals = all.filter((index) => !targets[n]!.includes(index))
    return [...targets[n]!, ...rivals.slice(0, rivalsCompared)]
  })
  const common = wanted.reduce((least, indices) => Math.min(least, indices.length), Infinity)
  return wanted.map((indices) => indices.slice(0, common))
}

/** Labels' maps are called nearly proportional where the smallest |cosine| of any two of them is above this. */
export const alikeThreshold = 0.9

/**
 * What a reader of a contest must know before believing it: that only two labels compete, or that the labels' maps are nearly
 * proportional, as far as the maps that the contest kept can tell.
 */
export function alikeNotes(contest: Contest): readonly Note[] {
  const kind = contest.groups ? 'groups' : 'labels'
  return contest.labels.flatMap((contenders, n): Note[] => {
    const alike = alikeness(contest, n)
    if (contenders.length === 2) return [onlyTwo(kind, n, alike)]
    return alike !== undefined && alike > alikeThreshold ? [allAlike(kind, n, alike)] : []
  })
}

function onlyTwo(kind: string, n: number, alike: number | undefined): Note {
  const measured = alike === undefined ? '' : ` (|cosine| of their maps ${alike.toFixed(4)})`
  return {
    code: `two-${kind}`,
    example: n,
    message: `Only two ${kind} compete for example ${n}${measured}; where two maps are each other's negative, competition removes nothing.`
  }
}

function allAlike(kind: string, n: number, alike: number): Note {
  return {
    code: `${kind}-alike`,
    example: n,
    message: `The maps of the ${kind} of example ${n} are nearly proportional (smallest |cosine| ${alike.toFixed(4)}): this method depends little on which of them it explains, and competition goes by whose map is loudest.`
  }
}
