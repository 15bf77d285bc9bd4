import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This workspace's folder. */
export const workspace = fileURLToPath(new URL('..', import.meta.url))
/** The repository's folder. */
export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Something that was found, or why it was not, in words that name no place of this machine. */
export type Found = { readonly path: string } | { readonly missing: string }

export interface Places {
  /** The folder of peers. */
  readonly peers: Found
  /** A Python that has torch (captum is looked for when it is needed). */
  readonly python: Found
  /** A Python that has jax. */
  readonly jax: Found
  /** A folder whose node_modules has tfjs. */
  readonly tfjs: Found
}

type Environment = Readonly<Record<string, string | undefined>>
type Exists = (path: string) => boolean

/** Where the peers are: as the environment says, else in the folder `shared/bench` beside the repository. Nothing is started. */
export function findPlaces(environment: Environment, root = repository, exists: Exists = existsSync): Places {
  const named = environment['AGON_BENCH']
  const folder = named ?? join(root, '..', 'shared', 'bench')
  const peers: Found = exists(join(folder, 'torch_peers.py'))
    ? { path: folder }
    : { missing: named === undefined ? 'no folder of peers (AGON_BENCH)' : 'AGON_BENCH: no torch_peers.py there' }
  const within = (variable: string, relative: string, what: string): Found => {
    const given = environment[variable]
    if (given !== undefined) return exists(given) ? { path: given } : { missing: `${variable}: no such file` }
    if ('missing' in peers) return peers
    const path = join(folder, relative)
    return exists(path) ? { path } : { missing: `${what} is not installed (${variable})` }
  }
  const tfjs = environment['AGON_BENCH_TFJS'] ?? join(folder, 'tfjs')
  return {
    peers,
    python: within('AGON_BENCH_PYTHON', 'venv/bin/python', 'a Python with torch'),
    jax: within('AGON_BENCH_JAX', 'venv-jax/bin/python', 'a Python with jax'),
    tfjs: exists(join(tfjs, 'node_modules', '@tensorflow', 'tfjs-core'))
      ? { path: tfjs }
      : { missing: 'tfjs is not installed (AGON_BENCH_TFJS)' }
  }
}

/** What peers run with: blocks that stay mapped, and threads that sleep instead of spinning, so that processor seconds count work. */
export function peerEnvironment(threads: number): Record<string, string> {
  return {
    MALLOC_MMAP_THRESHOLD_: '8589934592',
    MALLOC_TRIM_THRESHOLD_: '17179869184',
    MALLOC_TOP_PAD_: '67108864',
    GOMP_SPINCOUNT: '0',
    OMP_WAIT_POLICY: 'PASSIVE',
    OMP_NUM_THREADS: String(threads),
    PYTHONDONTWRITEBYTECODE: '1'
  }
}

/** A text without the folders of this machine: of a path only its last part stays. */
export function withoutFolders(text: string): string {
  return text.replace(/(?<![\w.])(?:\/[\w.@+~-]+)+\/([\w.@+~-]+)/g, '$1')
}
