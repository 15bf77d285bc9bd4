import { AgonError, defaultMemory, type MethodContext } from '@agon/core'

/** A third of the byte budget each for perturbed copies with their logits, for sums of scores, and for tables of what is perturbed. */
export function third({ memory = defaultMemory }: Pick<MethodContext, 'memory'>): number {
  return memory / 3
}

/** Throws AGON_OUT_OF_BUDGET for tables of more bytes than a third of the budget; asked before they are made. */
export function assertTables(what: string, context: MethodContext, bytes: number): void {
  const most = Math.floor(third(context))
  if (bytes <= most) return
  throw new AgonError('AGON_OUT_OF_BUDGET', {
    what: `tables of ${what}`,
    expected: `at most ${most} bytes, a third of the budget`,
    found: `${bytes}`,
    remedy: 'Take fewer samples, fewer and larger segments or cells, fewer examples at a time, or a larger memory.'
  })
}
