import type { Case, Context } from './case.js'
import type { BenchRecord } from './records.js'
import { summary } from './summary.js'

/** Seconds after which a short run begins no further case. */
export const shortRun = 280

/** Runs the cases one after another; a case that fails is recorded and the others still run. The number of failures. */
export async function runCases(
  cases: readonly Case[],
  context: Context,
  keep: (record: BenchRecord) => void,
  now: () => number = () => performance.now() / 1000
): Promise<number> {
  const from = now()
  let failures = 0
  for (const [i, each] of cases.entries()) {
    const late = !context.options.full && now() - from > shortRun
    const record = late ? tooLate(each) : await outcome(each, context)
    if (record.kind === 'failure') failures++
    keep(record)
    if (record.kind !== 'op' || i % 25 === 0) context.say(`[${i + 1}/${cases.length}] ${summary(record)}`)
  }
  return failures
}

function tooLate({ id }: Case): BenchRecord {
  return { kind: 'skip', id, reason: `a short run begins nothing after ${shortRun} seconds; use --full or --only` }
}

async function outcome(each: Case, context: Context): Promise<BenchRecord> {
  try {
    return await each.run(context)
  } catch (error) {
    return { kind: 'failure', id: each.id, message: error instanceof Error ? error.message : String(error) }
  }
}
