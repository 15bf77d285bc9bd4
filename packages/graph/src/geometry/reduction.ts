import { sizeOf } from '@agon/core'
import { range } from '../axes.js'
import { nodeTitle } from '../errors.js'
import type { Facts, Shape } from '../facts.js'
import { input } from '../operands.js'
import { reducedAxes } from '../shape/reduction.js'
import { combineTaps, identityTaps, type Taps } from './taps.js'
import { windowsOf, type Windows } from './windows.js'

/** ReduceSum, ReduceMax, ReduceMin, ...: one window over the reduced axes per remaining element. */
export function reductionWindows(facts: Facts): Windows {
  return reduceWindows(facts, reducedAxes(facts), 'sum')
}

export function meanWindows(facts: Facts): Windows {
  return reduceWindows(facts, reducedAxes(facts), 'mean')
}

/** GlobalMaxPool: all spatial axes. */
export function globalWindows(facts: Facts): Windows {
  return reduceWindows(facts, spatialAxes(input(facts, 0).shape), 'sum')
}

export function globalMeanWindows(facts: Facts): Windows {
  return reduceWindows(facts, spatialAxes(input(facts, 0).shape), 'mean')
}

function spatialAxes(shape: Shape): readonly number[] {
  return shape.map((_, axis) => axis).slice(2)
}

/** Axes before the first reduced one become planes. */
function reduceWindows(facts: Facts, axes: readonly number[], kind: 'sum' | 'mean'): Windows {
  const { shape } = input(facts, 0)
  const first = axes[0] ?? shape.length
  const taps = shape
    .slice(first)
    .map((extent, i) => (axes.includes(first + i) ? allTaps(extent, kind) : identityTaps(extent)))
  return windowsOf(sizeOf(shape.slice(0, first)), combineTaps(nodeTitle(facts.node), taps))
}

function allTaps(extent: number, kind: 'sum' | 'mean'): Taps {
  const position = range(extent)
  const taps = { offsets: Int32Array.of(0, extent), position, tap: position, positions: extent, taps: extent }
  return kind === 'mean' ? { ...taps, weight: new Float64Array(extent).fill(1 / extent) } : taps
}
