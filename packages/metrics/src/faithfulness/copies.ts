import type { MetricContext } from '@agon/core'
import { eachCopy, type Copies } from '../perturbations/each-copy.js'
import { readerOf, type Reading } from './reading.js'

export type { Copies }

/** What perturbing needs of a metric's context. */
export type Perturbed = Pick<
  MetricContext,
  'session' | 'input' | 'logits' | 'targets' | 'attribution' | 'baseline' | 'random' | 'signal' | 'memory'
>

/** Reads the explained labels off all copies: a row of readings for every example. Throws what `eachCopy` throws. */
export async function readCopies(context: Perturbed, all: readonly Copies[], of: Reading): Promise<number[][]> {
  const read = readerOf(context.session.model, of)
  const readings = all.map((): number[] => [])
  await eachCopy(context, all, (n, _, __, outputs) => readings[n]!.push(read(outputs, context.targets[n]!)))
  return readings
}
