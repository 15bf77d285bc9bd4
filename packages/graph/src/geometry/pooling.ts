import { sizeOf } from '@agon/core'
import { numberOf } from '../attributes.js'
import { badNode, nodeTitle } from '../errors.js'
import type { Facts } from '../facts.js'
import { input } from '../operands.js'
import { poolSlides } from '../shape/pooling.js'
import type { Slide } from '../shape/slides.js'
import { axisTaps, combineTaps, type Tap, type Taps } from './taps.js'
import { windowsOf, type Windows } from './windows.js'

/** The taps of one axis that fall on elements: output o, tap t reads o * stride - begin + t * dilation. */
export function slideTaps(slide: Slide, weight?: (valid: number, output: number) => number): Taps {
  const lists = Array.from({ length: slide.out }, (_, o) => {
    const list: Tap[] = []
    for (let tap = 0; tap < slide.kernel; tap++) {
      const position = o * slide.stride - slide.begin + tap * slide.dilation
      if (position >= 0 && position < slide.in) list.push({ position, tap })
    }
    return weight === undefined ? list : list.map((tap) => ({ ...tap, weight: weight(list.length, o) }))
  })
  return axisTaps(lists, slide.in, slide.kernel)
}

/** MaxPool. Throws AGON_BAD_MODEL if a window lies wholly in the padding. */
export function maxPoolWindows(facts: Facts): Windows {
  return spatialWindows(
    facts,
    poolSlides(facts).map((slide) => slideTaps(slide)),
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
    slideTaps(slide, (valid, output) => 1 / (all ? tapsInside(slide, output) : valid))
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
