import { formatShape, type OnnxValue, type Preprocess } from 'agon'
import type { ExplainPlan, Failure, Inspection } from '../run/inspection.js'
import { table } from './table.js'

/** An inspection for people. */
export function inspectText(inspection: Inspection): string {
  const { path, file, labels, notes, explain } = inspection
  const facts = [
    ['model', `${file.name}, ${path}`],
    ['written by', `${file.producer || 'unknown'}, opset ${file.opset ?? 'unknown'}`],
    ['inputs', file.inputs.map(valueText).join(', ')],
    ['outputs', file.outputs.map(valueText).join(', ')],
    ['labels', labels === null ? 'no names' : `${labels.names.length}, from ${labels.from}`],
    ['ends in', endText(inspection)]
  ]
  const plan = explain === null ? '' : `\nagon explain would\n${table(planRows(explain), '  ')}`
  return `${table(facts)}\n${operatorsText(inspection)}${plan}${notes.map((note) => `note: ${note}\n`).join('')}`
}

function valueText({ name, dtype, shape }: OnnxValue): string {
  return `${name} ${shape === undefined ? 'of unknown shape' : formatShape(shape)} ${dtype}`
}

function endText({ runnable, probabilityHead }: Inspection): string {
  if (!runnable) return 'unknown: the model cannot be run'
  if (probabilityHead === null) return 'logits'
  return `${probabilityHead}: labels compete on logits, so say --cut-softmax`
}

/** What each operator's derivative is; where the model cannot be run, what stands in its file. */
function operatorsText({ runnable, operators, file }: Inspection): string {
  if (!runnable) {
    const rows = file.operators.map(({ op, count }) => [op, String(count)])
    return `operators in the file\n${table([['operator', 'nodes'], ...rows], '  ')}`
  }
  const total = operators.reduce((sum, { count }) => sum + count, 0)
  const rows = operators.map(({ op, count, derivative, note }) => [op, String(count), derivative ?? 'unknown', note])
  return `operators as run, ${total} nodes\n${table([['operator', 'nodes', 'derivative', ''], ...rows], '  ')}`
}

function planRows({
  preprocess,
  channelAxis,
  cutSoftmaxNeeded,
  derivativeReachesInput,
  engine
}: ExplainPlan): string[][] {
  return [
    ['prepare pictures', failed(preprocess) ?? preprocessText(preprocess as Preprocess & { from: string })],
    ['sum channels', typeof channelAxis === 'number' ? `over axis ${channelAxis}, before labels compete` : channelAxis],
    ['differentiate', derivativeReachesInput ? 'down to the input' : 'not down to the input: every map would be 0'],
    ['need', cutSoftmaxNeeded ? '--cut-softmax' : 'nothing more'],
    ['run on', failed(engine) ?? (engine as string)]
  ]
}

function failed(value: unknown): string | undefined {
  const error = typeof value === 'object' && value !== null && 'error' in value ? (value as Failure).error : undefined
  return error && `not possible: [${error.code}] ${error.message}`
}

const sources: Readonly<Record<string, string>> = {
  sidecar: 'as its sidecar says',
  assumption: 'by assumption, for nothing is known (say --preprocess)'
}

/** `'torchvision' ..., by assumption: rgb, crop, (byte / 255 - [..]) / [..]` */
function preprocessText({ name, from, resize, channels, scale, mean, std }: Preprocess & { from: string }): string {
  const size =
    resize.width === undefined || resize.height === undefined ? "the model's size" : `${resize.width}x${resize.height}`
  const how = resize.mode === 'crop' ? `crop ${resize.fraction}` : 'squash'
  const formula = `(byte / ${scale} - [${mean.join(', ')}]) / [${std.join(', ')}]`
  return `${name === undefined ? '' : `'${name}' `}${sources[from] ?? from}: ${channels}, ${how} to ${size}, ${formula}`
}
