import { AgonError } from '@agon/core'

/** Weights of the eight neighbours: those beside a pixel, and those at its corners. */
const [beside, corner] = [1 / 6, 1 / 12]

/** The norm of the residual, as a share of the right hand side's, at which the solver stops. */
const tolerance = 1e-8

/** A grid with a border of one place around it, so that every pixel has eight neighbours. */
interface Grid {
  readonly height: number
  readonly width: number
  /** Places of the removed pixels. */
  readonly removed: Int32Array
  /** Of every place: 1 inside the picture, 0 in the border. */
  readonly inside: Uint8Array
  /** Of every removed pixel: the sum of the weights of the neighbours that are inside. */
  readonly diagonal: Float64Array
}

/**
 * Fills removed pixels of one channel `[height, width]` with what their neighbours suggest: every one of them is the weighted mean of its neighbours inside the picture, 1/6 for
 * those beside it and 1/12 for those at its corners, removed or not,
 *
 *     (sum of w_ij over j inside) x_i - sum of w_ij x_j over j removed = sum of w_ij x_j over j kept
 *
 * The matrix is symmetric and positive definite as long as one pixel is kept; conjugate gradients in float64, preconditioned by the diagonal, solve it until the residual is 1e-8 of the right hand
 * side in the Euclidean norm. `removed` holds 1 for removed pixels, whose values are not looked at.
 */
export function imputed(channel: Float32Array, removed: Uint8Array, height: number, width: number): Float64Array {
  const grid = gridOf(removed, height, width)
  const known = new Float64Array(grid.inside.length)
  channel.forEach((value, p) => (known[placeOf(p, width)] = removed[p] === 1 ? 0 : value))
  const target = new Float64Array(grid.removed.length)
  neighbourSums(grid, known, target)
  const found = solved(grid, target, kept(channel, removed))
  const result = Float64Array.from(channel)
  let next = 0
  for (let p = 0; p < removed.length; p++) if (removed[p] === 1) result[p] = found[next++]!
  return result
}

function placeOf(p: number, width: number): number {
  return (Math.floor(p / width) + 1) * (width + 2) + (p % width) + 1
}

function gridOf(mask: Uint8Array, height: number, width: number): Grid {
  const inside = new Uint8Array((height + 2) * (width + 2))
  const removed: number[] = []
  mask.forEach((value, p) => {
    inside[placeOf(p, width)] = 1
    if (value === 1) removed.push(placeOf(p, width))
  })
  const grid = { height, width, removed: Int32Array.from(removed), inside, diagonal: new Float64Array(removed.length) }
  neighbourSums(grid, inside, grid.diagonal)
  return grid
}

/** The mean of the kept pixels, from which the solver starts. */
function kept(channel: Float32Array, removed: Uint8Array): number {
  let [sum, count] = [0, 0]
  channel.forEach((value, p) => {
    if (removed[p] === 1) return
    sum += value
    count++
  })
  if (count > 0) return sum / count
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'pixels to be imputed',
    expected: 'at least one pixel that is kept',
    found: 'none'
  })
}

/** For every removed pixel the weighted sum of what lies around it. */
function neighbourSums({ width, removed }: Grid, values: Float64Array | Uint8Array, into: Float64Array): void {
  const row = width + 2
  for (let i = 0; i < removed.length; i++) {
    const at = removed[i]!
    const [up, down] = [at - row, at + row]
    const sides = values[at - 1]! + values[at + 1]! + values[up]! + values[down]!
    const corners = values[up - 1]! + values[up + 1]! + values[down - 1]! + values[down + 1]!
    into[i] = beside * sides + corner * corners
  }
}

/** Conjugate gradients (Hestenes & Stiefel 1952) with the Jacobi preconditioner. */
function solved(grid: Grid, target: Float64Array, start: number): Float64Array {
  const { diagonal, removed } = grid
  const field = new Float64Array(grid.inside.length)
  const times = (x: Float64Array, into: Float64Array): void => {
    for (let i = 0; i < x.length; i++) field[removed[i]!] = x[i]!
    neighbourSums(grid, field, into)
    for (let i = 0; i < x.length; i++) into[i] = diagonal[i]! * x[i]! - into[i]!
  }
  const x = new Float64Array(target.length).fill(start)
  const image = new Float64Array(x.length)
  times(x, image)
  const residual = target.map((value, i) => value - image[i]!)
  const direction = residual.map((value, i) => value / diagonal[i]!)
  let energy = dot(residual, direction)
  const enough = tolerance ** 2 * dot(target, target)
  for (let left = 10 * x.length + 100; dot(residual, residual) > enough && energy > 0; left--) {
    if (left === 0) throw new AgonError('AGON_INTERNAL', { what: 'imputation', expected: 'a solution', found: 'none' })
    times(direction, image)
    const step = energy / dot(direction, image)
    for (let i = 0; i < x.length; i++) {
      x[i] = x[i]! + step * direction[i]!
      residual[i] = residual[i]! - step * image[i]!
    }
    const before = energy
    energy = 0
    for (let i = 0; i < x.length; i++) energy += residual[i]! ** 2 / diagonal[i]!
    for (let i = 0; i < x.length; i++) direction[i] = residual[i]! / diagonal[i]! + (energy / before) * direction[i]!
  }
  return x
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
