import type { PerExample } from '../engine.js'
import { ranked, rowsOf } from '../labels.js'
import type { MethodContext, Note } from '../method.js'
import { alikeness } from './alikeness.js'
import type { Contest } from './contest.js'

/** How many rivals' own maps are compared with the targets' to tell whether the labels' maps are all alike. */
const rivalsCompared = 6

/** Labels whose own maps tell whether all are alike: the targets and a few rivals with large logits, the same number for every example. */
export function sampleMaps({ logits, targets, contestants }: MethodContext): PerExample {
  const wanted = rowsOf(logits).map((row, n) => {
    const rivals = ranked(row).filter((label) => contestants[n]!.includes(label) && !targets[n]!.includes(label))
    return [...targets[n]!, ...rivals.slice(0, rivalsCompared)]
  })
  const common = wanted.reduce((least, labels) => Math.min(least, labels.length), Infinity)
  return wanted.map((labels) => labels.slice(0, common))
}

/**
 * What a reader of a contest must know before believing it: that only two labels compete, or that the labels' maps are nearly
 * proportional, as far as the maps that the contest kept can tell.
 */
export function alikeNotes(contest: Contest): readonly Note[] {
  return contest.labels.flatMap((labels, n): Note[] => {
    const alike = alikeness(contest, n)
    if (labels.length === 2) return [twoLabels(n, alike)]
    return alike !== undefined && alike > 0.999 ? [labelsAlike(n, alike)] : []
  })
}

function twoLabels(n: number, alike: number | undefined): Note {
  const measured = alike === undefined ? '' : ` (|cosine| of their maps ${alike.toFixed(4)})`
  return {
    code: 'two-labels',
    message: `Only two labels compete for example ${n}${measured}; where two maps are each other's negative, competition removes nothing.`
  }
}

function labelsAlike(n: number, alike: number): Note {
  return {
    code: 'labels-alike',
    message: `The labels' maps of example ${n} are nearly proportional (smallest |cosine| ${alike.toFixed(4)}): this method hardly depends on the label, and competition keeps all or nothing.`
  }
}
