import type { Plane } from './define.js'

const [orientations, cellSide, blockSide] = [9, 16, 3] as const
const blockSize = blockSide * blockSide * orientations

/** Pixels on a side that one block of cells takes. */
export const leastHogSide = blockSide * cellSide

/**
 * Histograms of oriented gradients (Dalal & Triggs 2005) of a plane of at least 48 by 48 pixels: 9 unsigned orientations, cells of 16 by 16 pixels, and, for every
 * 3 by 3 cells, their 81 values normalised by L2-Hys. Values in [0, 1], block by block, row by row. Pixels beyond the last whole cell are left out.
 */
export function hog(plane: Plane): Float64Array {
  const cells = cellHistograms(plane)
  const [rows, columns] = [Math.floor(plane.height / cellSide), Math.floor(plane.width / cellSide)]
  const blocks: number[] = []
  for (let row = 0; row + blockSide <= rows; row++) {
    for (let column = 0; column + blockSide <= columns; column++) {
      const block = Array.from({ length: blockSize }, (_, i) => {
        const cell = Math.floor(i / orientations)
        const at = (row + Math.floor(cell / blockSide)) * columns + column + (cell % blockSide)
        return cells[at * orientations + (i % orientations)]!
      })
      blocks.push(...l2Hys(block))
    }
  }
  return Float64Array.from(blocks)
}

/** Per cell and orientation, the sum of the sizes of the gradients that point there, over the pixels of a cell. Sums are kept in float32, as scikit-image does. */
function cellHistograms({ height, width, values }: Plane): Float32Array {
  const [rows, columns] = [Math.floor(height / cellSide), Math.floor(width / cellSide)]
  const cells = new Float32Array(rows * columns * orientations)
  for (let y = 0; y < rows * cellSide; y++) {
    for (let x = 0; x < columns * cellSide; x++) {
      // Central differences; 0 on the border, across it.
      const down = y === 0 || y === height - 1 ? 0 : values[(y + 1) * width + x]! - values[(y - 1) * width + x]!
      const across = x === 0 || x === width - 1 ? 0 : values[y * width + x + 1]! - values[y * width + x - 1]!
      const bin = orientationOf(down, across)
      if (bin === undefined) continue
      const cell = Math.floor(y / cellSide) * columns + Math.floor(x / cellSide)
      cells[cell * orientations + bin]! += Math.sqrt(down * down + across * across)
    }
  }
  return cells.map((sum) => sum / (cellSide * cellSide))
}

/** The bin [20 i, 20 (i + 1)) of the direction in degrees, modulo 180. A direction below 0 by less than rounding becomes 180, which is in none. */
function orientationOf(down: number, across: number): number | undefined {
  const turned = (Math.atan2(down, across) * (180 / Math.PI)) % 180
  const degrees = turned < 0 ? turned + 180 : turned
  const bin = Math.floor(degrees / (180 / orientations))
  return bin < orientations ? bin : undefined
}

/** To length 1, clipped at 0.2, to length 1 again. */
function l2Hys(block: readonly number[]): number[] {
  return toLength1(toLength1(block).map((value) => Math.min(value, 0.2)))
}

/**
 * To length 1, or less where the values are hardly above 1e-5. Squares are added in numpy's order for so few, in eight sums of every eighth, so that values
 * of blocks which are equal there are equal here and share a rank.
 */
function toLength1(block: readonly number[]): number[] {
  const sums = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => {
    let sum = 0
    for (let i = k; i < blockSize - 1; i += 8) sum += block[i]! * block[i]!
    return sum
  })
  const [s0, s1, s2, s3, s4, s5, s6, s7] = sums as [number, number, number, number, number, number, number, number]
  const squares = s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)) + block[blockSize - 1]! ** 2
  const length = Math.sqrt(squares + 1e-5 ** 2)
  return block.map((value) => value / length)
}
