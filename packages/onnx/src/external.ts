import { AgonError, sizeOf } from '@agon/core'
import type { TensorProto } from './decode.js'
import type { NamedTensor } from './weights.js'
import { tensorShape, tensorType } from './tensor-data.js'

/** Gives `length` bytes from `offset` of the data file `location`, a path relative to the model's folder. */
export type ExternalData = (location: string, offset: number, length: number) => Uint8Array | Promise<Uint8Array>

interface ExternalRange {
  readonly location: string
  readonly offset: number
  readonly length: number
}

/** Where a tensor's data lies outside the model file. Throws AGON_BAD_MODEL. */
function externalRange(proto: TensorProto, what: string): ExternalRange {
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key ?? '', value ?? '']))
  const needed = sizeOf(tensorShape(proto, what)) * tensorType(proto, what).bytes
  const offset = wholeNumber(entries.get('offset') ?? '0', 'offset', what)
  const length = wholeNumber(entries.get('length') ?? String(needed), 'length', what)
  if (length !== needed) {
    const expected = `${needed} bytes of external data`
    throw new AgonError('AGON_BAD_MODEL', { what, expected, found: `a length of ${length}` })
  }
  return { location: safeLocation(entries.get('location') ?? '', what), offset, length }
}

function wholeNumber(text: string, key: string, what: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(value)) return value
  const found = `'${text.slice(0, 40)}'`
  throw new AgonError('AGON_BAD_MODEL', { what, expected: `a whole number as ${key} of its external data`, found })
}

/** A path that stays below the model's folder: relative, with forward slashes, without `..`, a drive or a scheme. */
function safeLocation(location: string, what: string): string {
  const parts = location.split('/')
  // eslint-disable-next-line no-control-regex
  if (parts.every((part) => part !== '' && part !== '..') && !/[\\:\u0000-\u001f]/.test(location)) return location
  throw new AgonError('AGON_BAD_MODEL', {
    what,
    expected: "external data in a file within the model's folder",
    found: `the path '${location.slice(0, 200)}'`
  })
}

/** Data of the tensors that lie outside the file. */
export type ExternalTensors = ReadonlyMap<TensorProto, Uint8Array>

/**
 * Fetches the data of tensors that lie outside the file, one after the other, the farthest first: if that is there, the file is
 * long enough for all. Throws AGON_BAD_FILE if data cannot be had, AGON_BAD_MODEL if tensors share bytes beyond measure.
 */
export async function fetchAll(
  tensors: readonly NamedTensor[],
  external: ExternalData | undefined
): Promise<ExternalTensors> {
  const wanted = tensors.map(({ proto, what }) => ({ proto, what, ...externalRange(proto, what) }))
  wanted.sort((a, b) => b.offset + b.length - (a.offset + a.length))
  assertShared(wanted)
  const data = new Map<TensorProto, Uint8Array>()
  for (const range of wanted) data.set(range.proto, await fetchExternal(range, external))
  return data
}

/** Tied weights may share bytes; a file of which every byte serves often would grow without bound. */
const mostSharing = 4

function assertShared(ranges: readonly (ExternalRange & NamedTensor)[]): void {
  const totals = new Map<string, { length: number; end: number }>()
  for (const { location, offset, length, what } of ranges) {
    const total = totals.get(location) ?? { length: 0, end: 0 }
    total.length += length
    total.end = Math.max(total.end, offset + length)
    totals.set(location, total)
    if (total.length <= mostSharing * total.end) continue
    const expected = `at most ${mostSharing} tensors in the same bytes of '${location}'`
    throw new AgonError('AGON_BAD_MODEL', { what, expected, found: 'more' })
  }
}

async function fetchExternal(
  { location, offset, length, what }: ExternalRange & NamedTensor,
  external: ExternalData | undefined
): Promise<Uint8Array> {
  if (external === undefined) {
    throw new AgonError('AGON_BAD_FILE', {
      what,
      expected: 'weights inside the file',
      found: `external data in '${location}'`,
      remedy: 'Read it with readOnnxFile from @agon/onnx/node, or pass the option `external`.'
    })
  }
  const bytes = await called(() => external(location, offset, length), location, what)
  if (bytes instanceof Uint8Array && bytes.length === length) return bytes
  throw new AgonError('AGON_BAD_FILE', {
    what: `external data '${location}' of ${what}`,
    expected: `${length} bytes`,
    found: bytes instanceof Uint8Array ? `${bytes.length}` : typeof bytes
  })
}

async function called<T>(get: () => T, location: string, what: string): Promise<Awaited<T>> {
  try {
    return await get()
  } catch (cause) {
    if (cause instanceof AgonError) throw cause
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new AgonError('AGON_BAD_FILE', { what: `external data '${location}' of ${what}`, found, cause })
  }
}
