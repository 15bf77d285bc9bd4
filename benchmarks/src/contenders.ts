import type { Contender } from './alternate.js'
import type { Context } from './case.js'
import { startPeer, type Family, type Peer } from './peer.js'
import type { Places } from './places.js'

/** Ways of one family of peers to be timed on a model. */
export interface PeerRequest {
  readonly family: Family
  readonly model: string
  readonly specs: readonly string[]
  readonly counts: readonly number[]
}

export interface Peers {
  readonly contenders: readonly Contender[]
  readonly versions: Readonly<Record<string, string>>
  readonly skipped: readonly string[]
  stop(): void
}

/** Starts the peers that are installed; the others are left out with their reasons. Every way is a process of its own, for its memory. */
export async function peersOf(context: Context, requests: readonly PeerRequest[]): Promise<Peers> {
  const started: Peer[] = []
  const contenders: Contender[] = []
  const skipped: string[] = []
  const stop = () => started.forEach((peer) => peer.stop())
  for (const request of requests) {
    const found = placesOf(context.places, request.family)
    if ('missing' in found) {
      skipped.push(`${request.family}: ${found.missing}`)
      continue
    }
    for (const spec of request.specs) {
      try {
        const peer = await startPeer({ ...found, ...request, threads: context.options.threads })
        started.push(peer)
        contenders.push(contender(peer, request, spec))
      } catch (error) {
        skipped.push(`${request.family} ${spec}: ${(error as Error).message}`)
      }
    }
  }
  for (const reason of skipped) context.say(`skipped: ${reason}`)
  return { contenders, versions: Object.assign({}, ...started.map(({ versions }) => versions)), skipped, stop }
}

function placesOf(
  { peers, python, jax }: Places,
  family: Family
): { python: string; folder: string } | { missing: string } {
  if ('missing' in peers) return peers
  const interpreter = family === 'jax' ? jax : python
  return 'missing' in interpreter ? interpreter : { python: interpreter.path, folder: peers.path }
}

function contender(peer: Peer, { family, counts }: PeerRequest, spec: string): Contender {
  return {
    name: `${family} ${spec}`,
    counts,
    sample: (n) => peer.sample(spec, n, 0.2),
    optional: true,
    peak: () => peer.peak()
  }
}
