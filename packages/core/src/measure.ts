import { AgonError } from './error.js'
import { explain, type Explanation, type ExplainOptions } from './explain.js'
import type { Method } from './method.js'
import type { Metric, Score } from './metric.js'
import type { Session } from './engine.js'
import { createRandom } from './random.js'
import type { Tensor } from './tensor.js'

export interface MeasureOptions extends ExplainOptions {
  /** For metrics of localisation, see MetricContext. */
  readonly mask?: Tensor
  /** What `explain` found of the method, the input and these options before, so that it is not computed again. */
  readonly explained?: Pick<Explanation, 'attribution' | 'logits' | 'target' | 'baselineLogits'>
}

/**
 * Scores a method's maps of one label per example of `input` `[N, ...]` by a metric: one score each. The labels are those of the unperturbed
 * input. Throws what `explain` throws, and AGON_NOT_FINITE for a score that is no finite number.
 */
export async function measure(
  session: Session,
  input: Tensor,
  method: Method,
  metric: Metric,
  { mask, explained: before, ...options }: MeasureOptions = {}
): Promise<readonly Score[]> {
  const known = before ?? (await explain(session, input, method, options))
  const { attribution, logits, target, baselineLogits } = known
  const { baseline, signal, memory, seed = 0 } = options
  const explained = async (other: Tensor): Promise<Tensor> =>
    (await explain(session, other, method, { ...options, target })).attribution
  const scores = await metric.measure({
    session,
    method,
    input,
    logits,
    targets: target,
    attribution,
    explain: explained,
    random: createRandom(seed).fork('metric', metric.name),
    ...(baselineLogits && { baselineLogits }),
    ...(mask && { mask }),
    ...(baseline && { baseline }),
    ...(signal && { signal }),
    ...(memory !== undefined && { memory })
  })
  assertScores(metric.name, scores, target.length)
  return scores
}

function assertScores(name: string, scores: readonly Score[], examples: number): void {
  if (!Array.isArray(scores) || scores.length !== examples) {
    const found = Array.isArray(scores) ? `${scores.length}` : typeof scores
    throw new AgonError('AGON_BAD_INPUT', {
      what: `scores by ${name}`,
      expected: `${examples}, one per example`,
      found
    })
  }
  const bad = scores.findIndex(({ value }) => !Number.isFinite(value))
  if (bad < 0) return
  const found = `${scores[bad]!.value}`
  throw new AgonError('AGON_NOT_FINITE', {
    what: `score of example ${bad} by ${name}`,
    expected: 'a finite number',
    found
  })
}
