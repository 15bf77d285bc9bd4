import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { GpuFloor } from './gpu-floor.js'

/** One line of the results file; `id` names what was measured, and a later line of the same id replaces an earlier one. */
export type BenchRecord =
  RunRecord | OpRecord | ModelRecord | AttributionRecord | GpuFloorRecord | SkipRecord | FailureRecord

/** Processor seconds and seconds by the clock of one call: medians over `samples` samples. */
export interface Timing {
  readonly core_s: number
  readonly wall_s: number
  readonly samples: number
  /** (largest - smallest) / median of the processor seconds. */
  readonly spread: number
}

/** A timing of the first `n` labels, or of `n` gradients. */
export interface Point extends Timing {
  readonly n: number
  /** Largest resident memory of a process that did only this. */
  readonly peak_mb?: number
}

/** What one system needed. */
export interface SystemResult {
  readonly name: string
  readonly points: readonly Point[]
  /** Cores that other processes used meanwhile, on average; absent where nobody looked. */
  readonly other_cores?: number
  /** Largest resident memory of a process that did all of the points. */
  readonly peak_mb?: number
}

/** Where, when and by which command. */
export interface RunRecord {
  readonly kind: 'run'
  readonly id: string
  readonly date: string
  readonly command: string
  readonly threads: number
  readonly full: boolean
  readonly machine: Readonly<Record<string, string>>
}

export interface OpRecord {
  readonly kind: 'op'
  readonly id: string
  readonly case: string
  /** Cotangents of one VJP. */
  readonly cotangents: number
  readonly engines: readonly (Timing & { readonly name: string })[]
}

interface Compared {
  readonly id: string
  readonly model: string
  /** Agon first. */
  readonly systems: readonly SystemResult[]
  /** Versions of the peers' software. */
  readonly versions: Readonly<Record<string, string>>
  /** Peers that were left out, and why. */
  readonly skipped: readonly string[]
}

export interface ModelRecord extends Compared {
  readonly kind: 'model'
  readonly labels: number
  /** Label counts between which the cost per label is taken: agon's and the peers'. */
  readonly pair: readonly [number, number]
  readonly peer_pair: readonly [number, number]
  readonly goal: { readonly at_least: number; readonly aim: number }
  /** Multiplications and additions of the backward passes of all labels that are left after skipping, where every label goes down to the input. */
  readonly skipping_gflop?: number
  /** Those of the contest's own plan: fewer where it takes a waist or a meeting. */
  readonly counted_gflop?: number
  /** What one core can do, GF/s. */
  readonly peak_gflops?: number
}

export interface AttributionRecord extends Compared {
  readonly kind: 'attribution'
  readonly method: string
  /** Gradients of one attribution: steps or samples. */
  readonly gradients: number
  readonly goal?: { readonly at_least: number; readonly aim: number }
}

/** Counted, not timed: the least that a contest takes on a GPU. */
export interface GpuFloorRecord extends GpuFloor {
  readonly kind: 'gpu-floor'
  readonly id: string
  readonly model: string
  readonly gpu: string
  readonly labels: number
}

export interface SkipRecord {
  readonly kind: 'skip'
  readonly id: string
  readonly reason: string
}

export interface FailureRecord {
  readonly kind: 'failure'
  readonly id: string
  readonly message: string
}

/** Empties the file unless `append`, and makes its folder. */
export function openRecords(path: string, append: boolean): void {
  makeFolder(dirname(path))
  if (!append) rmSync(path, { force: true })
}

/** One folder at a time: Node's recursive mkdir never ends where no folder can be made, such as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

export function addRecord(path: string, record: BenchRecord): void {
  appendFileSync(path, `${JSON.stringify(record)}\n`)
}

/**
 * The newest record of every id, in the order in which the ids first appeared; a case that was only skipped does not replace an
 * earlier result. Throws for a line that is not a record.
 */
export function readRecords(path: string): BenchRecord[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  const byId = new Map<string, BenchRecord>()
  lines.forEach((line, i) => {
    if (line.trim() === '') return
    const record = checked(line, `${path}:${i + 1}`)
    if (record.kind !== 'skip' || !byId.has(record.id)) byId.set(record.id, record)
  })
  return [...byId.values()]
}

const kinds: readonly string[] = [
  'run',
  'op',
  'model',
  'attribution',
  'gpu-floor',
  'skip',
  'failure'
] satisfies BenchRecord['kind'][]

function checked(line: string, where: string): BenchRecord {
  const record = parsed(line)
  if (!kinds.includes(record?.kind ?? '') || typeof record?.id !== 'string') {
    throw new Error(`${where}: not a line of benchmark results`)
  }
  return record
}

function parsed(line: string): BenchRecord | undefined {
  try {
    return JSON.parse(line) as BenchRecord
  } catch {
    return undefined
  }
}
