import type { Attribute } from '@agon/core'
import { opCase, type OpCase } from './op-case.js'

type Attributes = Readonly<Record<string, Attribute>>

function byScales(what: string, input: readonly number[], scales: readonly number[], attributes: Attributes): OpCase {
  return opCase('Resize', what, input, (b) =>
    b.add('Resize', [b.add('Sin', [b.input]), '', b.floats([scales.length], scales)], attributes)
  )
}

function bySizes(what: string, input: readonly number[], sizes: readonly number[], attributes: Attributes): OpCase {
  return opCase('Resize', what, input, (b) =>
    b.add('Resize', [b.add('Sin', [b.input]), '', '', b.integers(sizes)], attributes)
  )
}

const plane = [2, 3, 4]
const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'half_pixel_symmetric']

/** Interpolation. */
export const resizeCases: readonly OpCase[] = [
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((nearest_mode) =>
    byScales(`nearest, ${nearest_mode}`, plane, [1, 1, 2, 1.5], { mode: 'nearest', nearest_mode })
  ),
  ...coordinates.flatMap((mode) => [
    byScales(`linear, ${mode}`, plane, [1, 1, 2, 1.5], { mode: 'linear', coordinate_transformation_mode: mode }),
    bySizes(`nearest by sizes, ${mode}`, plane, [1, 2, 5, 7], { mode: 'nearest', coordinate_transformation_mode: mode })
  ]),
  byScales('nearest, twice as large (upsampling)', plane, [1, 1, 2, 2], {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric'
  }),
  byScales('linear, smaller', [2, 6, 8], [1, 1, 0.5, 0.7], { mode: 'linear' }),
  bySizes('linear by sizes', plane, [1, 2, 5, 7], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
  byScales('linear, 1-d', [3, 5], [1, 1, 2.5], { mode: 'linear' }),
  byScales('cubic', [1, 4, 5], [1, 1, 2, 1.5], { mode: 'cubic' })
]
