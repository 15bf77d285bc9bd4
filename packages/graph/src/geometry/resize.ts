import { sizeOf } from '@agon/core'
import { choiceOf, numberOf } from '../attributes.js'
import { strides } from '../axes.js'
import { nodeTitle } from '../errors.js'
import type { Facts } from '../facts.js'
import { input } from '../operands.js'
import { coordinateModes, resizedAxes, resizeModes, type Resized } from '../shape/resize.js'
import { separable } from './separable.js'
import { axisTaps, combineTaps, identityTaps, type Tap, type Taps } from './taps.js'
import { windowsOf, type Windows } from './windows.js'

type Mode = (typeof coordinateModes)[number]
const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const

/**
 * The coordinate in the input of output element x. `round` is applied after each step: the identity, or Math.fround, because
 * nearest neighbours at a tie depend on float32 rounding and other runtimes compute in float32.
 */
export function sourceCoordinate(mode: Mode, x: number, axis: Resized, round: (x: number) => number): number {
  const scale = round(axis.scale)
  const half = () => round(round((x + 0.5) / scale) - 0.5)
  switch (mode) {
    case 'asymmetric':
      return round(x / scale)
    case 'align_corners':
      return axis.out === 1 ? 0 : round((x * (axis.in - 1)) / (axis.out - 1))
    case 'pytorch_half_pixel':
      return axis.out > 1 ? half() : 0
    case 'half_pixel_symmetric': {
      // The exact output extent in * scale is cut to `out`; the middle of both stays in place.
      const kept = round(axis.out / round(scale * axis.in))
      const shift = round((axis.in / 2) * round(1 - kept))
      return round(round(shift + round((x + 0.5) / scale)) - 0.5)
    }
    default:
      return half()
  }
}

/** Resize in mode nearest. */
export function resizeMap(facts: Facts): Int32Array {
  const mode = choiceOf(facts, 'coordinate_transformation_mode', coordinateModes)
  const nearest = choiceOf(facts, 'nearest_mode', nearestModes)
  const steps = strides(input(facts, 0).shape)
  return separable(
    resizedAxes(facts).map((axis, at) =>
      Int32Array.from({ length: axis.out }, (_, x) => {
        if (axis.in === axis.out && axis.scale === 1) return x * steps[at]!
        const source = nearestOf(nearest, sourceCoordinate(mode, x, axis, Math.fround))
        return Math.min(axis.in - 1, Math.max(0, source)) * steps[at]!
      })
    )
  )
}

function nearestOf(mode: (typeof nearestModes)[number], x: number): number {
  if (mode === 'floor') return Math.floor(x)
  if (mode === 'ceil') return Math.ceil(x)
  return mode === 'round_prefer_floor' ? Math.ceil(x - 0.5) : Math.floor(x + 0.5)
}

/** Resize in mode linear or cubic: per axis a few weighted neighbours, those outside replaced by the edge. */
export function resizeWindows(facts: Facts): Windows {
  const { shape } = input(facts, 0)
  const axes = resizedAxes(facts)
  const untouched = axes.findIndex((axis) => !isSame(axis))
  const first = untouched < 0 ? axes.length : untouched
  const taps = axes.slice(first).map((axis) => resizeTaps(facts, axis))
  return windowsOf(sizeOf(shape.slice(0, first)), combineTaps(nodeTitle(facts.node), taps))
}

function isSame(axis: Resized): boolean {
  return axis.in === axis.out && axis.scale === 1
}

function resizeTaps(facts: Facts, axis: Resized): Taps {
  if (isSame(axis)) return identityTaps(axis.in)
  const mode = choiceOf(facts, 'coordinate_transformation_mode', coordinateModes)
  const cubic = choiceOf(facts, 'mode', resizeModes) === 'cubic'
  const a = numberOf(facts, 'cubic_coeff_a')
  const excludes = numberOf(facts, 'exclude_outside') !== 0
  const lists = Array.from({ length: axis.out }, (_, x) => {
    const source = sourceCoordinate(mode, x, axis, (value) => value)
    const low = Math.floor(source)
    const weights = cubic ? cubicWeights(source - low, a) : [1 - (source - low), source - low]
    return merged(weights, cubic ? low - 1 : low, axis.in, excludes)
  })
  return axisTaps(lists, axis.in, 1)
}

/** Keys' cubic kernel at the neighbours -1, 0, 1, 2 of a point at distance t from neighbour 0. */
function cubicWeights(t: number, a: number): readonly number[] {
  const outer = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
  const inner = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1
  return [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)]
}

/** Neighbours first, first + 1, ... with equal positions added up; outside ones go to the edge, or drop out and the rest is scaled to sum 1. */
function merged(weights: readonly number[], first: number, extent: number, excludes: boolean): readonly Tap[] {
  const sums = new Map<number, number>()
  weights.forEach((weight, i) => {
    const at = first + i
    const inside = at >= 0 && at < extent
    if (excludes && !inside) return
    const position = Math.min(extent - 1, Math.max(0, at))
    sums.set(position, (sums.get(position) ?? 0) + weight)
  })
  const total = excludes ? [...sums.values()].reduce((sum, weight) => sum + weight, 0) : 1
  return [...sums]
    .filter(([, weight]) => weight !== 0)
    .map(([position, weight]) => ({ position, tap: 0, weight: weight / total }))
    .sort((a, b) => a.position - b.position)
}
