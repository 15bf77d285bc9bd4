import { AgonError, formatShape, sizeOf, sumAxis, type Similarity } from '@agon/core'

/** Channels of a picture's map added up, row by row from the top. */
export interface Plane {
  readonly height: number
  readonly width: number
  readonly values: Float32Array
}

type Facts = Omit<Similarity, 'compare'>

/** A similarity whose `compare` refuses what no similarity can judge: AGON_BAD_INPUT for maps that do not fit the shape, AGON_NOT_FINITE for NaN and infinity. */
export function defineSimilarity(facts: Facts, compare: Similarity['compare']): Similarity {
  return {
    ...facts,
    compare(a, b, shape) {
      for (const map of [a, b]) assertMap(facts.name, map, shape)
      return compare(a, b, shape)
    }
  }
}

/**
 * A similarity of pictures `[C, H, W]` of at least `side` by `side` pixels: channels are added up (each sum rounded to float32, in ascending order, as a contest
 * of pixels and the display add them) and the two planes compared; AGON_BAD_INPUT for other shapes.
 */
export function definePictureSimilarity(
  facts: Facts,
  side: number,
  compare: (a: Plane, b: Plane) => number
): Similarity {
  return defineSimilarity(facts, (a, b, shape) => {
    assertPicture(facts.name, shape, side)
    return compare(planeOf(a, shape), planeOf(b, shape))
  })
}

function planeOf(data: Float32Array, shape: readonly number[]): Plane {
  const [height, width] = shape.slice(1) as [number, number]
  return { height, width, values: shape[0] === 1 ? data : sumAxis({ shape, data }, 0).data }
}

function assertPicture(name: string, shape: readonly number[], side: number): void {
  if (shape.length === 3 && Math.min(shape[1]!, shape[2]!) >= side) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: `maps for ${name}`,
    expected: `a picture [C,H,W] of at least ${side}x${side} pixels`,
    found: formatShape(shape),
    remedy: 'Take a similarity that does not look at neighbours, such as spearman.'
  })
}

function assertMap(name: string, map: Float32Array, shape: readonly number[]): void {
  if (map.length !== sizeOf(shape) || map.length === 0) {
    const expected = `${Math.max(1, sizeOf(shape))} values of shape ${formatShape(shape)}`
    throw new AgonError('AGON_BAD_INPUT', { what: `map for ${name}`, expected, found: `${map.length}` })
  }
  const bad = map.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const [expected, found] = ['finite numbers', `${map[bad]} at ${bad}`]
  throw new AgonError('AGON_NOT_FINITE', { what: `map for ${name}`, expected, found })
}
