import { compare, reached, type Comparison } from './comparison.js'
import { floorShare } from './floor.js'
import { digits, table, times } from './markdown.js'
import type { AttributionRecord, ModelRecord, OpRecord } from './records.js'
import { line, point, type Cost } from './statistics.js'

const modelHeadings = [
  ...[
    'model',
    'K',
    'agon core s',
    'agon wall s',
    'ms/label',
    'fixed ms',
    'peak MB',
    'best peer',
    'its core s',
    'its wall s'
  ],
  ...['its peak MB', 'core ratio', 'wall ratio', 'at least', 'aim', 'reached', 'of the floor', 'of its work']
]

/** A row for each number of labels that agon was timed at among 10, 100, 1000, and one for all labels. */
export function modelTable(records: readonly ModelRecord[]): string {
  return table(modelHeadings, records.flatMap(modelRows))
}

function modelRows(record: ModelRecord): string[][] {
  const { systems, labels, pair, peer_pair } = record
  const counts = [...new Set([10, 100, 1000].filter((n) => n < labels && point(systems[0]!, n)).concat(labels))]
  return counts.flatMap((n) => {
    const comparison = compare(systems, n, pair, peer_pair)
    return comparison ? [modelRow(record, comparison)] : []
  })
}

function modelRow(
  { model, systems, labels, pair, goal, skipping_gflop, counted_gflop, peak_gflops }: ModelRecord,
  row: Comparison
): string[] {
  const all = row.n === labels
  const through = line(systems[0]!, pair, 'core_s')
  const shareOf = (gflop: number | undefined): string => {
    if (!all) return ''
    const share = floorShare(gflop, peak_gflops, row.core.seconds)
    return share === undefined ? '-' : `${digits(100 * share)} %`
  }
  return [
    model,
    String(row.n),
    ...[seconds(row.core), seconds(row.wall)],
    ...(all ? [milliseconds(through?.slope), milliseconds(through?.fixed)] : ['', '']),
    digits(point(systems[0]!, row.n)?.peak_mb),
    ...peerCells(row),
    ...[times(row.coreRatio), times(row.wallRatio)],
    ...(all ? [`${goal.at_least}x`, `${goal.aim}x`, reached(row.coreRatio, goal) ?? '-'] : ['', '', '']),
    ...[shareOf(skipping_gflop), shareOf(counted_gflop)]
  ]
}

/** Every other system and every number of labels, for the details. */
export function systemTable(records: readonly (ModelRecord | AttributionRecord)[]): string {
  const rows = records.flatMap(({ id, systems }) =>
    systems.flatMap(({ name, points, other_cores }) =>
      points.map(({ n, core_s, wall_s, samples, spread }) => [
        ...[id.replace(/^[^/]*\//, ''), name, String(n), digits(core_s), digits(wall_s), String(samples)],
        ...[`${digits(100 * spread)} %`, digits(other_cores)]
      ])
    )
  )
  return table(['case', 'system', 'n', 'core s', 'wall s', 'samples', 'spread', 'other cores'], rows)
}

const attributionHeadings = [
  ...['method', 'model', 'agon core s', 'agon wall s', 'peak MB', 'peer', 'its core s', 'its wall s', 'its peak MB'],
  ...['core ratio', 'wall ratio', 'at least', 'aim', 'reached']
]

/** Agon against each peer program: the best way of Captum, and tfjs. */
export function attributionTable(records: readonly AttributionRecord[]): string {
  return table(attributionHeadings, records.flatMap(attributionRows))
}

function attributionRows({ method, model, gradients, systems, goal }: AttributionRecord): string[][] {
  const [own, ...peers] = systems
  const programs = [...new Set(peers.map(({ name }) => name.split(' ')[0]!))]
  const groups =
    programs.length === 0 ? [[]] : programs.map((program) => peers.filter(({ name }) => name.startsWith(program)))
  return groups.flatMap((group) => {
    const row = compare([own!, ...group], gradients, [gradients, gradients], [gradients, gradients])
    if (row === undefined) return []
    const goals = goal && row.peer?.system.name.startsWith('captum') ? goal : undefined
    return [
      [
        ...[method, model, seconds(row.core), seconds(row.wall), digits(point(own!, gradients)?.peak_mb)],
        ...peerCells(row),
        ...[times(row.coreRatio), times(row.wallRatio)],
        ...(goals ? [`${goals.at_least}x`, `${goals.aim}x`, reached(row.coreRatio, goals) ?? '-'] : ['', '', ''])
      ]
    ]
  })
}

function peerCells({ peer, n }: Comparison): string[] {
  if (peer === undefined) return ['-', '-', '-', '-']
  const { system, core, wall } = peer
  return [system.name, seconds(core), seconds(wall), digits(system.peak_mb ?? point(system, n)?.peak_mb)]
}

/** Microseconds of one VJP per engine. */
export function opTable(records: readonly OpRecord[]): string {
  const names = [...new Set(records.flatMap(({ engines }) => engines.map(({ name }) => name)))]
  const headings = ['case', ...names.flatMap((name) => [`${name} core us`, `${name} wall us`])]
  const rows = records.map((record) => [
    record.case,
    ...names.flatMap((name) => {
      const found = record.engines.find((engine) => engine.name === name)
      return [digits(found && 1e6 * found.core_s), digits(found && 1e6 * found.wall_s)]
    })
  ])
  return table(headings, rows)
}

function seconds({ seconds: value, estimated }: Cost): string {
  return `${estimated ? '~' : ''}${digits(value)}`
}

function milliseconds(value: number | undefined): string {
  return digits(value === undefined ? undefined : 1000 * value)
}
