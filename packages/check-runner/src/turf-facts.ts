import {
  contest,
  ranked,
  rowsOf,
  territories,
  turf,
  type Contest,
  type Method,
  type Session,
  type Turf
} from '@agon/core'
import type { TurfFacts } from '@agon/report'
import { encodePng, othersColor, palette, turfPicture, type Rgb, type Rgba, type RgbPicture } from '@agon/render'
import type { MatrixInput } from './matrix.js'
import { block } from './pictures.js'

/** Most pixels along a side of the grid of a turf. */
const longestSide = 112
/** Labels whose maps are ranked at every pixel, those of the largest logits; and how many of them a pixel names. */
const [contenders, named] = [10, 5]

/** What a turf is made from. */
export interface TurfTask {
  readonly session: Session
  readonly input: MatrixInput
  readonly base: Method
  readonly seed: number
  readonly signal?: AbortSignal
  readonly memory?: number
}

/** The contest of all labels on one picture `[1, C, H, W]` as a report holds it, and its picture. */
export async function turfOf(task: TurfTask): Promise<{ facts: Omit<TurfFacts, 'picture'>; png: Uint8Array }> {
  const { session, input, base, seed, signal, memory } = task
  const logits = rowsOf(await session.forward(input.input, signal && { signal }))[0]!
  const leading = ranked(logits).slice(0, contenders)
  const outcome = await contest(session, input.input, base, {
    seed,
    maps: [leading],
    ...(signal && { signal }),
    ...(memory !== undefined && { memory })
  })
  const names = session.model.labels
  const owned = turf(outcome)
  return {
    facts: { input: input.name, base: base.name, ...grid(outcome, owned, leading, names) },
    png: encodePng(pictureOf(owned, names, input.picture))
  }
}

function pictureOf(owned: Turf, names: readonly string[] | undefined, picture?: Rgba | RgbPicture): Rgba {
  return turfPicture(owned, names, picture ? { picture } : {}).picture
}

function grid(outcome: Contest, owned: Turf, leading: readonly number[], names: readonly string[] | undefined) {
  const [fullHeight, fullWidth] = outcome.shape.slice(-2) as [number, number]
  const factor = Math.min(1, longestSide / Math.max(fullHeight, fullWidth))
  const [height, width] = [fullHeight, fullWidth].map((side) => Math.max(1, Math.round(side * factor))) as [
    number,
    number
  ]
  const owners = territories(owned)
  const place = new Map(owners.map(({ label }, at) => [label, at]))
  const count = Math.min(named, leading.length)
  const [owner, ranking] = [new Int16Array(width * height), new Int16Array(width * height * count)]
  const [value, margin] = [new Float32Array(width * height), new Float32Array(width * height)]
  for (let p = 0; p < owner.length; p++) {
    const rows = block(Math.floor(p / width), fullHeight, height)
    const at = representative(owned, rows, block(p % width, fullWidth, width), fullWidth)
    owner[p] = place.get(owned.owner[at]!) ?? -1
    value[p] = outcome.best[at]!
    margin[p] = owned.margin[at]!
    ranking.set(rankedAt(outcome, leading, at).slice(0, count), p * count)
  }
  return {
    width,
    height,
    owners: owners.map(({ label, share }, at) => ({
      label,
      ...(names?.[label] !== undefined && { name: names[label] }),
      share,
      color: hex(palette[at] ?? othersColor)
    })),
    owner: base64(owner),
    value: base64(value),
    margin: base64(margin),
    ranked: count,
    ranking: base64(ranking),
    ...(names && { names: Object.fromEntries(leading.map((label) => [label, names[label]!])) })
  }
}

/**
 * The pixel that stands for a block: of whoever owns most of its pixels (nobody among them; at a tie whoever comes first) the one with the largest margin.
 */
function representative(
  { owner, margin }: Turf,
  [top, bottom]: [number, number],
  [left, right]: [number, number],
  width: number
): number {
  const places: number[] = []
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) places.push(y * width + x)
  const counts = new Map<number, number>()
  for (const at of places) counts.set(owner[at]!, (counts.get(owner[at]!) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const [winner] = [...counts].find(([, count]) => count === most)!
  return places.filter((at) => owner[at] === winner).reduce((best, at) => (margin[at]! > margin[best]! ? at : best))
}

/** The leading labels by their own values at a place, the largest first. */
function rankedAt({ maps, best }: Contest, leading: readonly number[], at: number): number[] {
  const values = leading.map((_, m) => maps.data[m * best.length + at]!)
  return leading
    .map((label, m) => ({ label, value: values[m]!, m }))
    .sort((a, b) => b.value - a.value || a.m - b.m)
    .map(({ label }) => label)
}

function hex(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Little-endian, whatever the machine. */
function base64(values: Int16Array | Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(values.byteLength))
  values.forEach((value, i) =>
    values instanceof Int16Array ? bytes.setInt16(i * 2, value, true) : bytes.setFloat32(i * 4, value, true)
  )
  return Buffer.from(bytes.buffer).toString('base64')
}
