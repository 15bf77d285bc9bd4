import { ranked, rowsOf } from '../labels.js'
import type { Method, MethodContext } from '../method.js'
import { assertChoice, resolveOptions } from '../options.js'
import type { Granularity } from '../granularity.js'
import { alikeness } from './alikeness.js'
import { competitiveMap, type Ties } from './competitive-map.js'
import type { Contest } from './contest.js'
import { runContest } from './run-contest.js'

export interface CompetitiveOptions {
  /** `'pixel'` sums channels before competing (default, for pictures and flat inputs); `'element'` contests every number. */
  readonly granularity: Granularity
  /** Axis of the channels (or embedding) where the input is not NCHW. */
  readonly channelAxis: number | undefined
  /** `'lose'` (default, the paper's strict wording) or `'keep'`. */
  readonly ties: Ties
  /** Name of the method; default `competitive-<base>`. */
  readonly name: string | undefined
}

const defaults: CompetitiveOptions = { granularity: 'pixel', channelAxis: undefined, ties: 'lose', name: undefined }

/** How many labels' own maps are compared to tell whether the labels' maps are all alike. */
const alikenessSample = 6

/**
 * Competition among the labels over any method's maps (Gupta & Arora 2019, arXiv 1905.12152): an element is kept where the
 * explained label scores strictly higher (or, negative, strictly lower) than every other competing label. Returns
 * `[L, N, ...map]` and the contest itself. Throws AGON_SOFTMAX on a model that ends in probabilities.
 */
export function competitive(base: Method, given?: Partial<CompetitiveOptions>): Method {
  const options = resolveOptions('competitive', defaults, given)
  assertChoice('granularity of competitive', options.granularity, ['pixel', 'element'])
  assertChoice('ties of competitive', options.ties, ['lose', 'keep'])
  return {
    name: options.name ?? `competitive-${base.name}`,
    cite: 'Gupta & Arora 2019, A Simple Saliency Method That Passes the Sanity Checks, arXiv 1905.12152',
    async attribute(context) {
      const contest = await runContest(base, context, options, sampleMaps(context))
      noteAlike(contest, context)
      return { attribution: competitiveMap(contest, context.targets, options.ties), contest }
    }
  }
}

/** The targets' own maps and those of a few rivals with large logits, the same number for every example. */
function sampleMaps({ logits, targets, contestants }: MethodContext): number[][] {
  const wanted = rowsOf(logits).map((row, n) => {
    const rivals = ranked(row).filter((label) => contestants[n]!.includes(label) && !targets[n]!.includes(label))
    return [...targets[n]!, ...rivals.slice(0, alikenessSample)]
  })
  const common = Math.min(...wanted.map((labels) => labels.length))
  return wanted.map((labels) => labels.slice(0, common))
}

function noteAlike(contest: Contest, context: MethodContext): void {
  contest.labels.forEach((labels, n) => {
    const alike = alikeness(contest, n)
    if (alike === undefined) return
    if (labels.length === 2) {
      context.note({
        code: 'two-labels',
        message: `Only two labels compete for example ${n} (|cosine| of their maps ${alike.toFixed(4)}); where two maps are each other's negative, competition removes nothing.`
      })
    } else if (alike > 0.999) {
      context.note({
        code: 'labels-alike',
        message: `The labels' maps of example ${n} are nearly proportional (smallest |cosine| ${alike.toFixed(4)}): this method hardly depends on the label, and competition keeps all or nothing.`
      })
    }
  })
}
