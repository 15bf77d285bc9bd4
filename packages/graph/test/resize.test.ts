import { describe, expect, it } from 'vitest'
import { gatherMap, linearWindows } from '../src/index.js'
import { floats, integers, shapeOf, single } from './models.js'

const axis = (mode: string, extent: number, to: { scale?: number; size?: number }, attributes = {}) => {
  const constants =
    to.scale === undefined
      ? [undefined, undefined, integers(1, 1, to.size!)]
      : [undefined, floats([3], [1, 1, to.scale])]
  return single('Resize', [1, 1, extent], { attributes: { mode, ...attributes }, constants })
}
const nearest = (extent: number, to: { scale?: number; size?: number }, attributes = {}) => {
  const { node, model } = axis('nearest', extent, to, attributes)
  return [...gatherMap(node, model)]
}
const weights = (mode: string, extent: number, to: { scale?: number; size?: number }, attributes = {}) => {
  const { node, model } = axis(mode, extent, to, attributes)
  const { offsets, sources, weights } = linearWindows(node, model)
  return Array.from(offsets.slice(1), (end, o) =>
    Array.from(sources.slice(offsets[o], end), (source, k) => [source, weights![offsets[o]! + k]!])
  )
}

describe('Resize', () => {
  it('takes scales or sizes, for all axes or the named ones', () => {
    expect(shapeOf('Resize', [1, 2, 5], { constants: [undefined, floats([3], [1, 1, 1.5])] })).toEqual([1, 2, 7])
    expect(shapeOf('Resize', [1, 2, 10], { constants: [undefined, floats([3], [1, 1, 0.7])] })).toEqual([1, 2, 7])
    expect(
      shapeOf('Resize', [1, 2, 5], { constants: [undefined, undefined, integers(9)], attributes: { axes: [-1] } })
    ).toEqual([1, 2, 9])
    expect(() => shapeOf('Resize', [1, 5], { constants: [undefined, floats([1], [2])] })).toThrow(
      /scales or sizes of Resize/
    )
    expect(() => shapeOf('Resize', [1, 5])).toThrow(/scales or sizes of Resize/)
  })
  it('keeps the aspect ratio on request', () => {
    const policy = (keep_aspect_ratio_policy: string) =>
      shapeOf('Resize', [1, 1, 4, 8], {
        constants: [undefined, undefined, integers(8, 8)],
        attributes: { axes: [2, 3], keep_aspect_ratio_policy }
      })
    expect([policy('stretch'), policy('not_larger'), policy('not_smaller')]).toEqual([
      [1, 1, 8, 8],
      [1, 1, 4, 8],
      [1, 1, 8, 16]
    ])
  })
  it('takes the nearest element in every coordinate mode', () => {
    const asymmetric = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
    expect(nearest(2, { scale: 2 }, asymmetric)).toEqual([0, 0, 1, 1])
    expect(nearest(3, { size: 5 }, asymmetric)).toEqual([0, 0, 1, 1, 2])
    expect(nearest(4, { scale: 0.5 })).toEqual([0, 2])
    expect(nearest(4, { scale: 0.5 }, { nearest_mode: 'round_prefer_ceil' })).toEqual([1, 3])
    expect(nearest(4, { size: 3 }, { coordinate_transformation_mode: 'align_corners', nearest_mode: 'ceil' })).toEqual([
      0, 2, 3
    ])
    expect(nearest(4, { size: 1 }, { coordinate_transformation_mode: 'align_corners' })).toEqual([0])
    expect(nearest(5, { size: 1 }, { coordinate_transformation_mode: 'pytorch_half_pixel' })).toEqual([0])
    expect(nearest(5, { size: 1 })).toEqual([2])
  })
  it('changes nothing where no extent changes', () => {
    const mode = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
    expect(nearest(3, { scale: 1.25 }, mode)).toEqual([0, 1, 2])
  })
  it('weighs two neighbours in mode linear and repeats the edge', () => {
    expect(weights('linear', 2, { scale: 2 })).toEqual([
      [[0, 1]],
      [
        [0, 0.75],
        [1, 0.25]
      ],
      [
        [0, 0.25],
        [1, 0.75]
      ],
      [[1, 1]]
    ])
    const corners = { coordinate_transformation_mode: 'align_corners' }
    expect(weights('linear', 3, { size: 5 }, corners)).toEqual([
      [[0, 1]],
      [
        [0, 0.5],
        [1, 0.5]
      ],
      [[1, 1]],
      [
        [1, 0.5],
        [2, 0.5]
      ],
      [[2, 1]]
    ])
    expect(weights('linear', 4, { scale: 0.5 }, { coordinate_transformation_mode: 'asymmetric' })).toEqual([
      [[0, 1]],
      [[2, 1]]
    ])
  })
  it('keeps the middle in mode half_pixel_symmetric', () => {
    // 3 * 1.5 = 4.5 is cut to 4 elements; their middle is the middle of the input, so element o lies at 1 + (o - 1.5) / 1.5.
    const mode = { coordinate_transformation_mode: 'half_pixel_symmetric' }
    const centres = weights('linear', 3, { scale: 1.5 }, mode).map((taps) =>
      taps.reduce((sum, [at, w]) => sum + at! * w!, 0)
    )
    ;[0, 2 / 3, 4 / 3, 2].forEach((centre, o) => expect(centres[o]).toBeCloseTo(centre, 6))
  })
  it("uses Keys' kernel in mode cubic, which with a = -1/2 reproduces a straight line", () => {
    const taps = weights('cubic', 8, { scale: 2 }, { cubic_coeff_a: -0.5 })
    expect(taps[7]!.map(([at]) => at)).toEqual([2, 3, 4, 5])
    expect(taps[7]!.reduce((sum, [at, w]) => sum + at! * w!, 0)).toBeCloseTo(3.25, 12)
    // W(5/4), W(1/4) for a = -3/4: a (t^3 - 5 t^2 + 8 t - 4) and (a + 2) t^3 - (a + 3) t^2 + 1.
    const [outer, inner] = weights('cubic', 8, { scale: 2 })[7]!
    expect(outer![1]).toBeCloseTo(-0.75 * (1.953125 - 7.8125 + 10 - 4), 12)
    expect(inner![1]).toBeCloseTo(1.25 / 64 - 2.25 / 16 + 1, 12)
  })
  it('drops what is outside with exclude_outside', () => {
    const first = weights('cubic', 4, { scale: 2 }, { exclude_outside: 1 })[0]!
    expect(first.map(([at]) => at)).toEqual([0, 1])
    expect(first[0]![1]! + first[1]![1]!).toBeCloseTo(1, 12)
  })
  it('refuses what it cannot do, by name', () => {
    expect(() => axis('linear', 4, { scale: 0.5 }, { antialias: 1 })).toThrow(
      /attribute 'antialias' of Resize node 'y0'/
    )
    expect(() => axis('linear', 4, { scale: 2 }, { coordinate_transformation_mode: 'tf_crop_and_resize' })).toThrow(
      /tf_crop_and_resize/
    )
    expect(() => axis('bilinear', 4, { scale: 2 })).toThrow(
      /attribute 'mode' of Resize node 'y0': expected one of nearest, linear, cubic/
    )
  })
})
