import type { Plan, PlanLayer } from 'agon'
import type { ExplanationRecord } from './record.js'
import { figure, percent, table } from './table.js'

/** The plans of all methods of one input, where there are any. */
export function plansText(records: readonly ExplanationRecord[]): string {
  return records
    .flatMap(({ method, plans, examples }) => {
      const of = examples.length === 1 ? method.name : `${method.name} (shares and counts of the last example)`
      return (plans ?? []).map((plan) => planText(plan, of))
    })
    .join('')
}

/** Shares of elements, products, time and speed of all layers that computed something; a line each for the rest and for the whole. */
export function planText({ layers, forwardSeconds, foldSeconds }: Plan, method: string): string {
  const moved = layers.filter(({ way }) => way === 'move')
  const computed = layers.filter(({ way }) => way !== 'move')
  const header = ['layer', 'operator', 'way', 'alive', 'wanted', 'GFLOP', 'dense', 'ms', 'GF/s']
  const work = workOf(layers)
  return [
    `  backward pass of ${method}:\n`,
    computed.length === 0 ? '' : table([header, ...computed.map(cells)], '  '),
    moved.length === 0 ? '' : `  ${movedText(moved)}\n`,
    `  backward ${workText(work)}; forward ${milliseconds(forwardSeconds)} ms; fold ${milliseconds(foldSeconds)} ms\n`
  ].join('')
}

/** Floating-point operations in 10^9, those of a pass that skips nothing, and seconds. */
export interface Work {
  readonly counted: number
  readonly dense: number
  readonly seconds: number
}

/** The work of layers: one product is two floating-point operations, for every cotangent. */
export function workOf(layers: readonly PlanLayer[]): Work {
  const sum = (of: (layer: PlanLayer) => number): number => layers.reduce((total, layer) => total + of(layer), 0)
  return {
    counted: sum(({ products, cotangents }) => (2 * products * cotangents) / 1e9),
    dense: sum(({ denseProducts, cotangents }) => (2 * denseProducts * cotangents) / 1e9),
    seconds: sum(({ seconds }) => seconds)
  }
}

function cells(layer: PlanLayer): string[] {
  const { op, way, alive, outputs, wanted, inputs } = layer
  const { counted, dense, seconds } = workOf([layer])
  const shares = [share(alive, outputs), share(wanted, inputs)]
  return [
    nameOf(layer),
    op,
    way,
    ...shares,
    gflop(counted),
    gflop(dense),
    milliseconds(seconds),
    speed(counted, seconds)
  ]
}

/** A node of a file need not have a name; its output has one. */
function nameOf({ node, output }: PlanLayer): string {
  return node === '' ? output : node
}

/** `10 layers only moved rows: Relu 6, MaxPool 2, Flatten 1, Add 1; 0.021 ms; dense 0.0011 GFLOP` */
function movedText(layers: readonly PlanLayer[]): string {
  const counts = new Map<string, number>()
  for (const { op } of layers) counts.set(op, (counts.get(op) ?? 0) + 1)
  const named = [...counts].sort((a, b) => b[1] - a[1]).map(([op, count]) => `${op} ${count}`)
  const { dense, seconds } = workOf(layers)
  const how = layers.length === 1 ? '1 layer' : `${layers.length} layers`
  return `${how} only moved rows: ${named.join(', ')}; ${milliseconds(seconds)} ms; dense ${gflop(dense)} GFLOP`
}

function workText({ counted, dense, seconds }: Work): string {
  const skipped = dense === 0 ? 'nothing to skip' : `${percent(1 - counted / dense)} skipped`
  const [time, rate] = [milliseconds(seconds), speed(counted, seconds)]
  return `${gflop(counted)} of ${gflop(dense)} GFLOP, ${skipped}, ${time} ms, ${rate} GF/s`
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : percent(part / whole)
}

/** To three significant digits, never as a power of ten: columns are compared at a glance. */
function gflop(value: number): string {
  return value === 0 ? '0' : value.toFixed(Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(value)))))
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(3)
}

function speed(counted: number, seconds: number): string {
  return seconds === 0 ? '-' : figure(Number((counted / seconds).toPrecision(3)))
}
