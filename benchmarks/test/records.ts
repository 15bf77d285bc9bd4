import type { AttributionRecord, ModelRecord, OpRecord, Point, RunRecord, SystemResult } from '../src/records.js'

/** A point of n labels that took these processor seconds, and as much by the clock unless said otherwise. */
export function pointOf(n: number, core_s: number, wall_s = core_s, more: Partial<Point> = {}): Point {
  return { n, core_s, wall_s, samples: 3, spread: 0, ...more }
}

export function systemOf(name: string, ...points: readonly Point[]): SystemResult {
  return { name, points }
}

export const run: RunRecord = {
  kind: 'run',
  id: 'run/npm run bench -- --threads 2',
  date: '2030-01-02',
  command: 'npm run bench -- --threads 2',
  threads: 2,
  full: false,
  machine: { processor: 'P, 2 cores', node: 'v0' }
}

/** Fixed cost 1 s, 0.01 s a label; two peers, one faster by processor seconds and one by the clock. */
export const model: ModelRecord = {
  kind: 'model',
  id: 'models/net',
  model: 'net',
  labels: 1000,
  pair: [64, 192],
  peer_pair: [10, 20],
  goal: { at_least: 3, aim: 5 },
  systems: [
    systemOf('agon', pointOf(10, 1.2), pointOf(64, 1.64, 0.84, { peak_mb: 100 }), pointOf(192, 2.92, 1.48)),
    { ...systemOf('torch a', pointOf(10, 0.5, 0.5), pointOf(20, 1, 1)), peak_mb: 300 },
    systemOf('torch b', pointOf(10, 0.6, 0.3), pointOf(20, 1.2, 0.6))
  ],
  versions: { torch: '2' },
  skipped: ['jax: a Python with jax is not installed (AGON_BENCH_JAX)']
}

export const attribution: AttributionRecord = {
  kind: 'attribution',
  id: 'attribution/smooth-grad/net',
  model: 'net',
  method: 'smooth-grad',
  gradients: 50,
  systems: [
    systemOf('agon', pointOf(50, 1)),
    systemOf('captum smooth-grad:50', pointOf(50, 2)),
    systemOf('captum smooth-grad:10', pointOf(50, 1.75)),
    systemOf('tfjs wasm', pointOf(50, 10))
  ],
  versions: { captum: '1' },
  skipped: [],
  goal: { at_least: 1.5, aim: 3 }
}

export const op: OpRecord = {
  kind: 'op',
  id: 'ops/Relu: smooth',
  case: 'Relu: smooth',
  cotangents: 16,
  engines: [
    { name: 'cpu', ...pointOf(0, 1.5e-5, 2e-5) },
    { name: 'reference', ...pointOf(0, 3e-4) }
  ]
}
