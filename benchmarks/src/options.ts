import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface Options {
  readonly full: boolean
  /** Only cases whose id contains one of these; empty = every case. */
  readonly only: readonly string[]
  readonly threads: number
  /** The JSON-lines file; absent: agon-out/bench.jsonl of the repository. */
  readonly out?: string
  readonly append: boolean
  readonly write: boolean
  readonly list: boolean
  readonly help: boolean
}

export const usage = `usage: npm run bench -- [options]

  (no options)     every suite, in at most 5 minutes on 2 cores
  --full           every measurement of every suite, more rounds, every peer
  --only TEXT      only the cases whose name contains TEXT, for instance models/ or /lenet; may be repeated
  --threads T      threads of every system (default: what the machine runs at once)
  --list           print the names of the cases and stop
  --out FILE       JSON lines of the results (default: agon-out/bench.jsonl)
  --append         keep what FILE already holds; a case that is measured again replaces its older result
  --write          write benchmarks/RESULTS.md from FILE when done; text between its <!-- notes --> markers stays
  --help           print this

The peers: AGON_BENCH (their folder), AGON_BENCH_PYTHON (torch, captum), AGON_BENCH_JAX (jax), AGON_BENCH_TFJS; see benchmarks/README.md.
exit codes: 0 done, peers that are missing are said and skipped; 1 a measurement of agon failed; 2 wrong arguments; 130 interrupted`

const known = {
  full: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  threads: { type: 'string' },
  out: { type: 'string' },
  append: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

/** Options, or the one line that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options | { readonly wrong: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: known })
    const { threads: given, out, ...flags } = values
    if (flags.only.includes('')) return { wrong: '--only needs a text' }
    if (out === '') return { wrong: '--out needs a file' }
    const threads = given === undefined ? availableParallelism() : wholeNumber(given)
    if (threads === undefined) return { wrong: `--threads must be a whole number from 1 to 1024, not '${given}'` }
    return { ...flags, threads, ...(out !== undefined && { out }) }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

function wholeNumber(text: string): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= 1 && value <= 1024 ? value : undefined
}
