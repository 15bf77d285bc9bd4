import { AgonError, assertBaseline, assertWhole, formatShape, rowsOf } from '@agon/core'
import { baselineRows, type BaselineOptions } from './baseline-rows.js'
import type { PerturbationKind } from './perturbation.js'

export interface SquareOptions extends BaselineOptions {
  /** With at least as many as there are squares, every square is taken once, and nothing is drawn. */
  readonly samples: number
  /** Longest side in pixels; at most the picture's shorter one is used. */
  readonly side: number
}

/**
 * I = x - x0 in a square, in all channels, and 0 elsewhere: one of all squares of side 1 to `side` that lie in the picture, all alike likely.
 * Square k of example n is drawn from stream ('perturbation', n, k).
 */
export const square: PerturbationKind<SquareOptions> = {
  formula: 'I = x - x0 in a square and 0 elsewhere, x0 the baseline',
  isDifference: true,
  defaults: { samples: 50, side: 10, baseline: undefined },
  check(option, { samples, side, baseline }) {
    assertWhole(option('samples'), samples, 1, 1_000_000)
    assertWhole(option('side'), side, 1, 100_000)
    assertBaseline(option('baseline'), baseline)
  },
  perturb(context, { samples, side, baseline }) {
    const { input, random } = context
    const [inputs, rows] = [rowsOf(input), baselineRows(context, baseline)]
    const [height, width] = extentsOf(input.shape)
    const squares = squaresIn(height, width, side)
    const isAll = samples >= squares.count
    return {
      count: isAll ? squares.count : samples,
      write(n, k, into) {
        const index = isAll ? k : random.fork('perturbation', n, k).integer(squares.count)
        const [row, column, extent] = squares.at(index)
        into.set(inputs[n]!)
        for (let line = 0; line < into.length; line += height * width) {
          for (let y = row; y < row + extent; y++) {
            const from = line + y * width + column
            into.set(rows[n]!.subarray(from, from + extent), from)
          }
        }
      }
    }
  }
}

/** All squares of side 1 to `side`, the small ones first, row by row. */
export function squaresIn(height: number, width: number, side: number) {
  const longest = Math.min(side, height, width)
  const countOf = (extent: number): number => (height - extent + 1) * (width - extent + 1)
  let count = 0
  for (let extent = 1; extent <= longest; extent++) count += countOf(extent)
  const at = (index: number): readonly [row: number, column: number, extent: number] => {
    let [left, extent] = [index, 1]
    while (left >= countOf(extent)) left -= countOf(extent++)
    const columns = width - extent + 1
    return [Math.floor(left / columns), left % columns, extent]
  }
  return { count, at }
}

function extentsOf(shape: readonly number[]): readonly [height: number, width: number] {
  if (shape.length === 4) return [shape[2]!, shape[3]!]
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'input of infidelity by squares',
    expected: 'pictures [N,C,H,W]',
    found: formatShape(shape),
    remedy: "Use perturbation: 'subset'."
  })
}
