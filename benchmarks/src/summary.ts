import { compare } from './comparison.js'
import { gpuPrecisions } from './gpu-floor.js'
import { digits, times } from './markdown.js'
import type { BenchRecord } from './records.js'

/** What came of a case, in one line for the terminal. */
export function summary(record: BenchRecord): string {
  switch (record.kind) {
    case 'skip':
      return `${record.id}: skipped: ${record.reason}`
    case 'failure':
      return `${record.id}: FAILED: ${record.message}`
    case 'op':
      return `${record.id}: ${record.engines.map(({ name, core_s }) => `${name} ${digits(1e6 * core_s)} core us`).join(', ')}`
    case 'model':
      return compared(record.id, compare(record.systems, record.labels, record.pair, record.peer_pair))
    case 'attribution': {
      const pair = [record.gradients, record.gradients] as const
      return compared(record.id, compare(record.systems, record.gradients, pair, pair))
    }
    case 'gpu-floor':
      return `${record.id}: at least ${gpuPrecisions.map((each) => `${digits(record.seconds[each])} s in ${each}`).join(', ')}`
    case 'run':
      return `${record.command}, ${record.machine['processor']}`
  }
}

function compared(id: string, row: ReturnType<typeof compare>): string {
  if (row === undefined) return `${id}: not enough was measured`
  const own = `${id}: n = ${row.n}: agon ${digits(row.core.seconds)} core s, ${digits(row.wall.seconds)} wall s`
  if (row.peer === undefined) return `${own}; no peer`
  const { system, core } = row.peer
  return `${own}; ${system.name} ${digits(core.seconds)} core s; ${times(row.coreRatio)} by core, ${times(row.wallRatio)} by wall`
}
