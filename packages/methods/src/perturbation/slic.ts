import { madeConnected } from './connected.js'
import { ofEveryChannel, type Planes } from './planes.js'
import type { Segments } from './segments.js'

/** Rounds of assigning and averaging. */
const rounds = 10

/**
 * SLIC superpixels (Achanta, Shaji, Smith, Lucchi, Fua & Suesstrunk 2012, SLIC Superpixels Compared to State-of-the-Art Superpixel Methods, IEEE TPAMI 34(11)):
 * k-means of pixels by likeness and nearness, each cluster searching a square of twice the clusters' spacing S,
 *
 *     D^2 = d_values^2 + (compactness d_place / S)^2
 *
 * where the picture is taken as the network sees it: d_values is the Euclidean distance of the channels in units in which the example's values span 100 (the
 * span of lightness in CIELAB, in which the paper works), d_place is in pixels. Clusters begin on a grid, moved to the smallest gradient
 * among 3 x 3 pixels; 10 rounds; see `madeConnected` for what they leave in pieces. Nothing is random: ties go to the first cluster.
 */
export function slic(x: Float32Array, planes: Planes, superpixels: number, compactness: number): Segments {
  const picture = scaled(x, planes)
  const spacing = Math.max(1, Math.sqrt((planes.height * planes.width) / superpixels))
  const clusters = seeds(picture, planes, spacing)
  const owner = new Int32Array(planes.height * planes.width)
  for (let round = 0; round < rounds; round++) {
    assign(owner, clusters, picture, planes, spacing, compactness)
    average(clusters, owner, picture, planes)
  }
  const { count, ids } = madeConnected(owner, planes)
  return { count, ids: ofEveryChannel(planes, (y, at) => ids[y * planes.width + at]!) }
}

/** Values of all channels, place and size of a cluster: [cluster][channels + y + x]. */
type Clusters = Float64Array[]

/** 100 x / (maximum - minimum). */
function scaled(x: Float32Array, { channels, height, width }: Planes): Float64Array {
  let [least, most] = [Infinity, -Infinity]
  for (const value of x) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  const unit = most > least ? 100 / (most - least) : 0
  return Float64Array.from({ length: channels * height * width }, (_, i) => unit * x[i]!)
}

function seeds(picture: Float64Array, planes: Planes, spacing: number): Clusters {
  const { channels, height, width } = planes
  const [rows, columns] = [height, width].map((extent) => Math.max(1, Math.round(extent / spacing))) as [number, number]
  return Array.from({ length: rows * columns }, (_, i) => {
    const y = Math.floor(((Math.floor(i / columns) + 0.5) * height) / rows - 0.5)
    const x = Math.floor((((i % columns) + 0.5) * width) / columns - 0.5)
    const at = flattest(picture, planes, y, x)
    return Float64Array.from({ length: channels + 2 }, (_, c) =>
      c < channels ? picture[c * height * width + at]! : c === channels ? Math.floor(at / width) : at % width
    )
  })
}

/** The pixel of smallest squared gradient (central differences) among those around (y, x); itself where none is smaller. */
function flattest(picture: Float64Array, planes: Planes, y: number, x: number): number {
  const { height, width } = planes
  let [best, least] = [y * width + x, gradientAt(picture, planes, y, x)]
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      const gradient = gradientAt(picture, planes, v, u)
      if (gradient < least) [best, least] = [v * width + u, gradient]
    }
  }
  return best
}

function gradientAt(picture: Float64Array, { channels, height, width }: Planes, y: number, x: number): number {
  const [up, down] = [Math.max(0, y - 1) * width + x, Math.min(height - 1, y + 1) * width + x]
  const [left, right] = [y * width + Math.max(0, x - 1), y * width + Math.min(width - 1, x + 1)]
  let sum = 0
  for (let c = 0; c < channels; c++) {
    const from = c * height * width
    sum += (picture[from + down]! - picture[from + up]!) ** 2 + (picture[from + right]! - picture[from + left]!) ** 2
  }
  return sum
}

/** Gives every pixel to its nearest cluster among those that reach it; one that none reaches keeps its owner. */
function assign(
  owner: Int32Array,
  clusters: Clusters,
  picture: Float64Array,
  { channels, height, width }: Planes,
  spacing: number,
  compactness: number
): void {
  const nearest = new Float64Array(owner.length).fill(Infinity)
  const perPixel = (compactness / spacing) ** 2
  const reach = Math.ceil(spacing)
  clusters.forEach((cluster, id) => {
    const [cy, cx] = [cluster[channels]!, cluster[channels + 1]!]
    for (let y = Math.max(0, Math.floor(cy) - reach); y <= Math.min(height - 1, Math.ceil(cy) + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx) - reach); x <= Math.min(width - 1, Math.ceil(cx) + reach); x++) {
        const at = y * width + x
        let distance = perPixel * ((y - cy) ** 2 + (x - cx) ** 2)
        for (let c = 0; c < channels; c++) distance += (picture[c * height * width + at]! - cluster[c]!) ** 2
        if (distance >= nearest[at]!) continue
        nearest[at] = distance
        owner[at] = id
      }
    }
  })
}

/** Moves every cluster to the mean of its pixels; one without any stays. */
function average(
  clusters: Clusters,
  owner: Int32Array,
  picture: Float64Array,
  { channels, height, width }: Planes
): void {
  const sums = clusters.map(() => new Float64Array(channels + 2))
  const counts = new Float64Array(clusters.length)
  for (let at = 0; at < owner.length; at++) {
    const sum = sums[owner[at]!]!
    for (let c = 0; c < channels; c++) sum[c] = sum[c]! + picture[c * height * width + at]!
    sum[channels] = sum[channels]! + Math.floor(at / width)
    sum[channels + 1] = sum[channels + 1]! + (at % width)
    counts[owner[at]!] = counts[owner[at]!]! + 1
  }
  clusters.forEach((cluster, id) => {
    if (counts[id]! > 0) cluster.forEach((_, c) => (cluster[c] = sums[id]![c]! / counts[id]!))
  })
}
