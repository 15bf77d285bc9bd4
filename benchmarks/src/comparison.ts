import type { ModelRecord, SystemResult } from './records.js'
import { cost, type Cost } from './statistics.js'

/** Agon beside the best peer at one number of labels or gradients. */
export interface Comparison {
  readonly n: number
  readonly core: Cost
  readonly wall: Cost
  /** The peer that needs the fewest processor seconds. */
  readonly peer?: { readonly system: SystemResult; readonly core: Cost; readonly wall: Cost }
  /** Processor seconds of the best peer by those, over agon's; and the same by the clock, against the best peer by the clock. */
  readonly coreRatio?: number
  readonly wallRatio?: number
}

type Pair = readonly [number, number]

/** Undefined where agon's own cost is neither measured nor known from its line. */
export function compare(
  systems: readonly SystemResult[],
  n: number,
  pair: Pair,
  peerPair: Pair
): Comparison | undefined {
  const [own, ...peers] = systems
  const core = own && cost(own, pair, n, 'core_s')
  const wall = own && cost(own, pair, n, 'wall_s')
  if (core === undefined || wall === undefined) return undefined
  const costs = peers.flatMap((system) => {
    const [peerCore, peerWall] = [cost(system, peerPair, n, 'core_s'), cost(system, peerPair, n, 'wall_s')]
    return peerCore && peerWall ? [{ system, core: peerCore, wall: peerWall }] : []
  })
  const [best, ...others] = costs
  if (best === undefined) return { n, core, wall }
  const peer = others.reduce((a, b) => (b.core.seconds < a.core.seconds ? b : a), best)
  const fastest = Math.min(...costs.map((each) => each.wall.seconds))
  return { n, core, wall, peer, coreRatio: peer.core.seconds / core.seconds, wallRatio: fastest / wall.seconds }
}

/** What came of a goal; undefined without a peer to compare with. */
export function reached(ratio: number | undefined, goal: ModelRecord['goal']): string | undefined {
  if (ratio === undefined) return undefined
  if (ratio >= goal.aim) return 'aim'
  return ratio >= goal.at_least ? 'at least' : 'missed'
}
