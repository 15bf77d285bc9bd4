import type { SmoothSwap } from 'agon'
import type { InputDrift } from '../run/drift.js'
import { figure, percent, table } from './table.js'

/** What `agon smooth` did and found. */
export interface SmoothOutput {
  readonly swapped: readonly SmoothSwap[]
  /** Operators with corners that were left as they are: how many nodes of each. */
  readonly left: Readonly<Record<string, number>>
  readonly drifts: readonly InputDrift[]
  readonly files: readonly string[]
  /** Names of the labels, if there are any. */
  readonly labels?: readonly string[]
}

/** The same for people. */
export function smoothText({ swapped, left, drifts, files, labels }: SmoothOutput): string {
  const rows = [...grouped(swapped)].map(([become, nodes]) => [nodes[0]!.op, `${nodes.length}`, become])
  const rest = Object.entries(left).map(([op, count]) => [op, `${count}`, 'left as it is'])
  const name = (label: number): string => labels?.[label]?.split(',')[0]!.trim() ?? `label ${label}`
  const moved = drifts.map((each) => [
    each.input,
    percent(each.drift),
    figure(each.largest),
    each.top === each.topAfter ? name(each.top) : `${name(each.top)} became ${name(each.topAfter)}`
  ])
  const kept = drifts.filter(({ top, topAfter }) => top === topAfter).length
  const mean = drifts.reduce((sum, { drift }) => sum + drift, 0) / drifts.length
  const summary =
    drifts.length === 0 ? '' : `  drift ${percent(mean)} on average, top label kept by ${kept} of ${drifts.length}\n`
  return (
    table([['operator', 'nodes', 'becomes'], ...rows, ...rest], '  ') +
    (drifts.length === 0 ? '' : table([['input', 'drift', 'largest', 'top label'], ...moved], '  ')) +
    summary +
    files.map((file) => `  ${file}\n`).join('')
  )
}

function grouped(swapped: readonly SmoothSwap[]): ReadonlyMap<string, readonly SmoothSwap[]> {
  const groups = new Map<string, SmoothSwap[]>()
  for (const swap of swapped) {
    const key = becomes(swap)
    const list = groups.get(key) ?? []
    groups.set(key, [...list, swap])
  }
  return groups
}

function becomes({ op, choice }: SmoothSwap): string {
  if (choice.to === 'softplus') return `${formOf[op]!}, beta ${choice.beta}`
  return `log-sum-exp${choice.mean ? ' of the mean' : ''}, temperature ${choice.temperature}${op === 'MaxPool' ? '' : ', global'}`
}

const formOf: Readonly<Record<string, string>> = {
  Relu: 'softplus',
  LeakyRelu: 'softplus with a slope below 0',
  PRelu: 'softplus with slopes below 0',
  Clip: 'difference of two softplus',
  HardSigmoid: 'difference of two softplus, of the scaled input',
  HardSwish: 'x times a difference of two softplus'
}
