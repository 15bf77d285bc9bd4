import { areaTaps, bilinearTaps, resample } from './resample.js'

export type Post = 'none' | 'abs-scaled'

/** Height and width of the planes that a term's shares consist of. */
export interface Planes {
  readonly height: number
  readonly width: number
}

/** Adds the shares of one term, for one label of one example, to a map. */
type Add = (shares: Float64Array, into: Float64Array) => void

/** `planes` is absent for shares that have no place in the picture, such as those of a dense layer. */
export const posts: Readonly<Record<Post, (planes: Planes | undefined, height: number, width: number) => Add>> = {
  /** Every share is spread over the pixels that its position covers, or over all of them if it has none: the sum stays what it is. */
  none(planes, height, width) {
    if (planes === undefined) {
      return (shares, into) => {
        const each = shares.reduce((sum, share) => sum + share, 0) / into.length
        for (let i = 0; i < into.length; i++) into[i] = into[i]! + each
      }
    }
    const [rows, columns] = [areaTaps(planes.height, height), areaTaps(planes.width, width)]
    return (shares, into) => addTo(into, resample(sumOfPlanes(shares, planes), planes.width, rows, columns))
  },

  /** |shares| from least to largest as 0 .. 1 (all 0 where they are equal), summed over channels, bilinear; without a place they count nothing. */
  'abs-scaled'(planes, height, width) {
    if (planes === undefined) return () => undefined
    const [rows, columns] = [bilinearTaps(planes.height, height), bilinearTaps(planes.width, width)]
    return (shares, into) => addTo(into, resample(sumOfPlanes(absScaled(shares), planes), planes.width, rows, columns))
  }
}

function absScaled(shares: Float64Array): Float64Array {
  let [least, most] = [Infinity, 0]
  for (const share of shares) {
    least = Math.min(least, Math.abs(share))
    most = Math.max(most, Math.abs(share))
  }
  return shares.map((share) => (most > least ? (Math.abs(share) - least) / (most - least) : 0))
}

/** The planes of all channels added up. */
function sumOfPlanes(shares: Float64Array, { height, width }: Planes): Float64Array {
  const sum = new Float64Array(height * width)
  for (let at = 0; at < shares.length; at++) sum[at % sum.length] = sum[at % sum.length]! + shares[at]!
  return sum
}

function addTo(into: Float64Array, more: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = into[i]! + more[i]!
}
