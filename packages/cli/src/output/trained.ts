import { netDocuments, requirementsOf, type NetRecord, type Requirement, type StoredNet, type TrainedNet } from 'agon'
import { formatSeconds } from '../progress.js'
import { percent, table } from './table.js'
import type { PendingFile } from './write-files.js'

/** What is told of a net in JSON. */
export interface NetDocument extends NetRecord {
  readonly cached: boolean
  readonly requirements: readonly Requirement[]
  /** The ONNX file. */
  readonly file: string
}

export function netDocument({ record, cached, model }: TrainedNet, file: string): NetDocument {
  return { ...record, cached, requirements: requirementsOf(record, model.labels!.length), file }
}

/** The ONNX file of a net and its sidecar. */
export function netOutput(path: string, net: StoredNet): readonly PendingFile[] {
  const { onnx, sidecar } = netDocuments(net)
  return [
    { path, data: onnx },
    { path: path.replace(/\.onnx$/i, '.agon.json'), data: sidecar }
  ]
}

/** Nets for people, a line each, and below what each had to reach. */
export function netsText(nets: readonly NetDocument[]): string {
  const rows = nets.map(({ net, labels, examples, history, trainAccuracy, testAccuracy, seconds, cached, file }) => [
    net,
    labels,
    `${examples}`,
    `${history.length}`,
    exact(trainAccuracy),
    exact(testAccuracy),
    cached ? 'cached' : formatSeconds(seconds),
    file
  ])
  const required = nets.flatMap(({ net, labels, requirements }) =>
    requirements.map(({ figure, value, range: [least, most], met }) => [
      net,
      labels,
      figure,
      exact(value),
      most === 1 ? `at least ${percent(least)}` : `${percent(least)} to ${percent(most)}`,
      met ? 'met' : 'missed'
    ])
  )
  return (
    table([['net', 'labels', 'examples', 'epochs', 'training', 'test', 'time', 'file'], ...rows], '  ') +
    (required.length === 0 ? '' : table([['net', 'labels', 'figure', 'value', 'required', ''], ...required], '  '))
  )
}

function exact(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
