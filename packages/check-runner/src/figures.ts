import { AgonError, formatShape, sumAxis, type Tensor } from '@agon/core'
import type { Matrix, MatrixCheck, NamedFigure } from './matrix.js'

/** The figures that a check's trials are told by: its own, or the similarities of the run. */
export function figuresFor({ matrix }: { readonly matrix: Matrix }, { check }: MatrixCheck): readonly NamedFigure[] {
  return check.figures ?? matrix.figures
}

/**
 * Every figure of two maps `[1, ...]`; those of pictures are compared one value a pixel, summed over channels. Throws AGON_BAD_INPUT for maps of different
 * shapes, AGON_NOT_FINITE for a figure that is no finite number.
 */
export function figuresOf(figures: readonly NamedFigure[], before: Tensor, after: Tensor): Record<string, number> {
  const [from, to] = [onePerPixel(before), onePerPixel(after)]
  const shape = from.shape.slice(1)
  if (formatShape(to.shape) !== formatShape(from.shape)) {
    const [expected, found] = [formatShape(from.shape), formatShape(to.shape)]
    throw new AgonError('AGON_BAD_INPUT', { what: 'map of a trial', expected, found })
  }
  return Object.fromEntries(
    figures.map((figure) => {
      const value = figure.compare(from.data, to.data, shape)
      if (Number.isFinite(value)) return [figure.name, value]
      throw new AgonError('AGON_NOT_FINITE', { what: figure.name, expected: 'a finite number', found: `${value}` })
    })
  )
}

function onePerPixel(map: Tensor): Tensor {
  return map.shape.length === 4 ? sumAxis(map, 1) : map
}
