import { gpuPrecisions, h200 } from './gpu-floor.js'
import { digits, table } from './markdown.js'
import type { GpuFloorRecord } from './records.js'

const { teraflops, terabytes, name, source } = h200

/** What the table says, and what it does not. */
export const gpuFloorText = `Nothing here has been run on a GPU. *floor*: the seconds that the contest of all labels takes at least on an ${name}, counted from the masks
of the benchmark's input: of each layer the operations left after skipping, at ${gpuPrecisions.map((each) => `${teraflops[each]} (${each})`).join(', ')} TFLOP/s for
products and ${teraflops.fp32} for the rest, or its bytes at ${terabytes} TB/s, whichever is longer; layers one after the other. Bytes: each row of
cotangents that is not only moved, read and written once per label in fp32; masks and weights once. Not counted: the forward pass, launches, and what
a kernel loses by working in tiles, which skip a dead row or column but no single dead entry; *dense* is the floor of a pass that skips nothing, so the
truth of good kernels lies between the two. The goal of at most twice the floor is judged by \`scripts/gpu-check.sh\` on a GPU. Peaks: ${source}.`

const headings = [
  ...['model', 'K', 'GFLOP', 'dense GFLOP', 'GB'],
  ...gpuPrecisions.map((each) => `${each} floor s`),
  ...gpuPrecisions.map((each) => `${each} dense s`),
  'measured'
]

export function gpuFloorTable(records: readonly GpuFloorRecord[]): string {
  return table(
    headings,
    records.map(({ model, labels, gflop, dense_gflop, gigabytes, seconds, dense_seconds }) => [
      ...[model, String(labels), digits(gflop), digits(dense_gflop), digits(gigabytes)],
      ...gpuPrecisions.map((each) => digits(seconds[each])),
      ...gpuPrecisions.map((each) => digits(dense_seconds[each])),
      'not yet'
    ])
  )
}
