import type { Method } from '../method.js'
import { assertChoice, resolveOptions } from '../options.js'
import type { Granularity } from '../granularity.js'
import { alikeNotes, sampleMaps } from './alike-notes.js'
import { competitiveMap, type Ties } from './competitive-map.js'
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

export const competitiveDefaults: CompetitiveOptions = {
  granularity: 'pixel',
  channelAxis: undefined,
  ties: 'lose',
  name: undefined
}

/**
 * Competition among the labels over any method's maps (Gupta & Arora 2019, arXiv 1905.12152): an element is kept where the
 * explained label scores strictly higher (or, negative, strictly lower) than every other competing label. Returns
 * `[L, N, ...map]` and the contest itself. Throws AGON_SOFTMAX on a model that ends in probabilities.
 */
export function competitive(base: Method, given?: Partial<CompetitiveOptions>): Method {
  const options = resolveOptions('competitive', competitiveDefaults, given)
  assertChoice('granularity of competitive', options.granularity, ['pixel', 'element'])
  assertChoice('ties of competitive', options.ties, ['lose', 'keep'])
  return {
    name: options.name ?? `competitive-${base.name}`,
    cite: 'Gupta & Arora 2019, A Simple Saliency Method That Passes the Sanity Checks, arXiv 1905.12152',
    options: { ...base.options, ...options },
    async attribute(context) {
      const contest = await runContest(base, context, options, sampleMaps(context))
      alikeNotes(contest).forEach((note) => context.note(note))
      return { attribution: competitiveMap(contest, context.targets, options.ties), contest }
    }
  }
}
