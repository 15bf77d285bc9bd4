import type { Contest, PerExample, Precision } from 'agon'

/** The precision of the backward passes and, below fp32, how far decisions are those of fp32 (per example), measured on which labels. */
export interface PrecisionRecord {
  readonly name: Precision
  readonly iou: readonly number[] | null
  readonly labels: PerExample | null
}

export function precisionRecord(contest: Contest | undefined): PrecisionRecord {
  return contest?.precision ?? { name: 'fp32', iou: null, labels: null }
}

/** A line for people; nothing for fp32. */
export function precisionText({ name, iou, labels }: PrecisionRecord, of: string): string {
  if (iou === null || labels === null) return ''
  const counts = [...new Set(labels.map(({ length }) => length))]
  const among = counts.length === 1 ? `${counts[0]} labels` : 'samples of the labels'
  return `  ${of} in ${name}: IoU of decisions with fp32 ${iou.map(iouText).join(', ')}, measured among ${among}\n`
}

/** Never rounded up to 1. */
function iouText(iou: number): string {
  return iou === 1 ? '1' : (Math.floor(iou * 10_000) / 10_000).toFixed(4)
}
