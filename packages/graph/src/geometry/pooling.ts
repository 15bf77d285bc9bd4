import { sizeOf } from '@agon/core'
import { numberOf } from '../attributes.js'
import { badNode, nodeTitle } from '../errors.js'
import type { Facts } from '../facts.js'
import { input } from '../operands.js'
import { poolSlides } from '../shape/pooling.js'
import type { Slide } from '../shape/slides.js'
import { combineTaps, needEntries, type Taps } from './taps.js'
import { windowsOf, type Windows } from './windows.js'

/**
 * The taps of one axis that fall on elements: output o, tap t reads position o * stride - begin + t * dilation. `weight` gives
 * the weight of all taps of an output from their number. `what` names the node in errors.
 */
export function slideTaps(what: string, slide: Slide, weight?: (valid: number, output: number) => number): Taps {
  const { offsets, first } = validTaps(slide)
  const entries = needEntries(what, offsets.at(-1)!)
  const [position, tap] = [new Int32Array(entries), new Int32Array(entries)]
  const weights = weight && new Float64Array(entries)
  for (let o = 0; o < slide.out; o++) {
    const start = offsets[o]!
    const valid = offsets[o + 1]! - start
    for (let i = 0; i < valid; i++) {
      tap[start + i] = first[o]! + i
      position[start + i] = o * slide.stride - slide.begin + (first[o]! + i) * slide.dilation
    }
    if (weight) weights!.fill(weight(valid, o), start, start + valid)
  }
  const table = { offsets: Int32Array.from(offsets), position, tap, positions: slide.in, taps: slide.kernel }
  return weights ? { ...table, weight: weights } : table
}

/** Per output the first tap that falls on an element, and running counts of those that do. */
function validTaps({ in: extent, out, kernel, stride, dilation, begin }: Slide) {
  const first = new Int32Array(out)
  const offsets = new Float64Array(out + 1)
  for (let o = 0; o < out; o++) {
    const start = o * stride - begin
    first[o] = Math.max(0, Math.ceil(-start / dilation))
    const last = Math.min(kernel - 1, Math.floor((extent - 1 - start) / dilation))
    offsets[o + 1] = offsets[o]! + Math.max(0, last - first[o]! + 1)
  }
  return { first, offsets }
}

/** MaxPool. Throws AGON_BAD_MODEL if a window lies wholly in the padding. */
export function maxPoolWindows(facts: Facts): Windows {
  return spatialWindows(
    facts,
    poolSlides(facts).map((slide) => slideTaps(nodeTitle(facts.node), slide)),
    false
  )
}

/**
 * AveragePool: each axis contributes 1 / (number of its taps that count). Without count_include_pad those on elements count, with
 * it those on the stated padding too; what ceil_mode adds beyond the padding never counts.
 */
export function averagePoolWindows(facts: Facts): Windows {
  const all = numberOf(facts, 'count_include_pad') !== 0
  const axes = poolSlides(facts).map((slide) =>
    slideTaps(nodeTitle(facts.node), slide, (valid, output) => 1 / (all ? tapsInside(slide, output) : valid))
  )
  return spatialWindows(facts, axes, all)
}

/** Taps of output o that lie in -begin .. in + end - 1. */
function tapsInside({ in: extent, end, begin, kernel, stride, dilation }: Slide, o: number): number {
  return Math.min(kernel, Math.ceil((extent + end - (o * stride - begin)) / dilation))
}

function spatialWindows(facts: Facts, axes: readonly Taps[], mayBeEmpty: boolean): Windows {
  const { shape } = input(facts, 0)
  const empty = axes.some(({ offsets }) => offsets.some((at, o) => o > 0 && at === offsets[o - 1]))
  if (empty && !mayBeEmpty) {
    throw badNode(facts.node, 'padding', {
      expected: 'every window to hold an element',
      found: 'a window in the padding'
    })
  }
  return windowsOf(sizeOf(shape.slice(0, 2)), combineTaps(nodeTitle(facts.node), axes))
}
