import { edgeNotes } from '../edges.js'
import type { PerExample } from '../engine.js'
import type { Method } from '../method.js'
import { multiplierOf } from '../multiplier.js'
import { resolveOptions } from '../options.js'
import type { Tensor } from '../tensor.js'
import { alikeNotes } from './alike-notes.js'
import { competitiveMap, mapsOf, ownMap } from './competitive-map.js'
import { competitiveDefaults, extensionSuffix, filledIn, type CompetitiveOptions } from './competitive-options.js'
import { contendersOf } from './contenders.js'
import type { Contest } from './contest.js'
import { extensionNotes } from './extension-notes.js'
import { marginMap } from './margin-map.js'
import { runContest } from './run-contest.js'
import { softMap } from './soft-map.js'

/**
 * Competition among the labels over any method's maps (Gupta & Arora 2019, arXiv 1905.12152): an element is kept where the
 * explained label scores strictly higher (or, negative, strictly lower) than every other competing label. Returns
 * `[L, N, ...map]` and the contest itself. Throws AGON_SOFTMAX on a model that ends in probabilities.
 */
export function competitive(base: Method, given?: Partial<CompetitiveOptions>): Method {
  const options = filledIn(resolveOptions('competitive', competitiveDefaults, given))
  const { competition, groups, groupScore = 'mean', temperature } = options
  const multiplier = multiplierOf(base)
  return {
    name: options.name ?? `competitive-${base.name}${extensionSuffix(options)}`,
    cite: 'Gupta & Arora 2019, A Simple Saliency Method That Passes the Sanity Checks, arXiv 1905.12152',
    options: { ...base.options, ...options },
    ...(multiplier && { multiplier }),
    async attribute(context) {
      const contest = await runContest(base, context, { ...options, groups, groupScore, temperature })
      const { targets } = contendersOf(context, groups)
      const edges = ownMaps(contest, targets).flatMap((map) => edgeNotes(map, context.input))
      const notes = [...alikeNotes(contest), ...edges, ...extensionNotes(context, contest, competition)]
      notes.forEach((note) => context.note(note))
      return { attribution: mapOf(contest, targets, options), contest }
    }
  }
}

function mapOf(contest: Contest, targets: PerExample, { competition, ties }: CompetitiveOptions): Tensor {
  if (competition === 'soft') return softMap(contest, targets)
  return competition === 'margin' ? marginMap(contest, targets) : competitiveMap(contest, targets, ties)
}

/** The base's own maps of the targets, before they competed: competition thins a map out, and with it what the map has of edges. */
function ownMaps(contest: Contest, targets: PerExample): Tensor[] {
  return targets[0]!.map((_, l) => {
    const { shape, data } = mapsOf(
      contest,
      targets.map((own) => [own[l]!]),
      (n, target) => {
        const own = ownMap(contest, n, target)
        return (at) => own[at]!
      }
    )
    return { shape: shape.slice(1), data }
  })
}
