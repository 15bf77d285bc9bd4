import type { PerExample } from '../engine.js'
import { ranked, rowsOf } from '../labels.js'
import type { MethodContext } from '../method.js'
import type { Precision } from '../precision.js'
import { sizeOf } from '../tensor.js'
import type { Contest } from './contest.js'

/**
 * A precision below fp32, and how far decisions in it are those of fp32, measured in this very run: the labels of a sample contest each other on the
 * same input in both precisions. With `D` the decisions of a contest, the triples (element, sign, label) where the label keeps the element by
 * the strict rule (it is positive and above all others, or negative and below all others), `iou` is |D_low and D_fp32| / |D_low or D_fp32|; 1 where
 * neither keeps anything.
 *
 * Labels of a sample are fewer than those that competed, so their margins are wider and the figure is rather too high than too low for the whole contest;
 * half of them are those with the largest logits, whose maps are most alike.
 */
export interface MeasuredPrecision {
  readonly name: Precision
  /** Per example, 0 .. 1. */
  readonly iou: readonly number[]
  /** The labels of the sample, per example: see `sampleOf`. */
  readonly labels: PerExample
}

/** Labels of a sample: as many with the largest logits as spaced evenly over the rest. */
const sampled = 16

/** Runs the contest of a sample in the precision of the context and in fp32. Forward passes have the same bits in both. */
export async function measurePrecision(
  name: Precision,
  context: MethodContext,
  run: (context: MethodContext) => Promise<Contest>
): Promise<MeasuredPrecision> {
  const labels = rowsOf(context.logits).map((row, n) => sampleOf(row, context.contestants[n]!))
  const quiet = { ...context, contestants: labels, onPlan: undefined, onProgress: undefined }
  const low = await run({ ...quiet, precision: name })
  const full = await run({ ...quiet, precision: 'fp32' })
  return { name, iou: decisionsIou(low, full), labels }
}

/**
 * At most 16 of the competing labels, in the order in which they compete: the 8 with the largest logits (the earlier at a tie), and of the other n,
 * numbers floor((i + 1/2) n / 8) for i = 0 .. 7; all, where there are no more than 16.
 */
export function sampleOf(logits: Float32Array, contestants: readonly number[]): readonly number[] {
  if (contestants.length <= sampled) return contestants
  const half = sampled / 2
  const competes = new Set(contestants)
  const chosen = new Set(
    ranked(logits)
      .filter((label) => competes.has(label))
      .slice(0, half)
  )
  const rest = contestants.filter((label) => !chosen.has(label))
  for (let i = 0; i < half; i++) chosen.add(rest[Math.floor(((i + 0.5) * rest.length) / half)]!)
  return contestants.filter((label) => chosen.has(label))
}

/** How far two contests of one shape keep the same elements for the same labels, per example: see `MeasuredPrecision`. */
export function decisionsIou(a: Contest, b: Contest): number[] {
  const size = sizeOf(a.shape.slice(1))
  return Array.from({ length: a.shape[0]! }, (_, n) => {
    let [both, either] = [0, 0]
    for (let at = n * size; at < (n + 1) * size; at++) {
      for (const winner of [highest, lowest]) {
        const [first, second] = [winner(a, at), winner(b, at)]
        if (first < 0 && second < 0) continue
        both += first === second ? 1 : 0
        either += first === second || first < 0 || second < 0 ? 1 : 2
      }
    }
    return either === 0 ? 1 : both / either
  })
}

/** The label that keeps an element with a positive value, or -1. */
function highest({ best, bestLabel, runnerUp }: Contest, at: number): number {
  return best[at]! > 0 && best[at]! > runnerUp[at]! ? bestLabel[at]! : -1
}

/** The label that keeps an element with a negative value, or -1. */
function lowest({ worst, worstLabel, runnerDown }: Contest, at: number): number {
  return worst[at]! < 0 && worst[at]! < runnerDown[at]! ? worstLabel[at]! : -1
}
