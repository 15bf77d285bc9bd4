import { AgonError } from '@agon/core'

/** What an npy file says about its data. */
export interface NpyHeader {
  /** NumPy's type string: byte order, kind, bytes. `<f4` is little-endian float32. */
  readonly descr: string
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Where the data begin, bytes. */
  readonly offset: number
}

/** An AGON_BAD_FILE about an npy file. */
export function npyError(expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_FILE', { what: 'npy file', expected, found })
}

/**
 * Reads the header: magic, version, length, then a Python dictionary of the three known keys
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Throws AGON_BAD_FILE.
 */
export function npyHeader(bytes: Uint8Array): NpyHeader {
  const magic = [0x93, ...'NUMPY'].map((c) => (typeof c === 'number' ? c : c.charCodeAt(0)))
  if (bytes.length < 12 || magic.some((byte, at) => bytes[at] !== byte)) {
    throw npyError('the magic bytes 93 NUMPY and a header', `${bytes.length} bytes that begin otherwise`)
  }
  const version = bytes[6]!
  if (version < 1 || version > 3) throw npyError('version 1, 2 or 3', String(version))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const start = version === 1 ? 10 : 12
  if (length > bytes.length - start) {
    throw npyError(`a header of ${length} bytes`, `a file that ends ${bytes.length - start} bytes after it begins`)
  }
  if (length > 65535) throw npyError('a header of at most 65535 bytes', `${length}`)
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length))
  return { ...dictionary(text), offset: start + length }
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, keys in any order. */
function dictionary(text: string): Omit<NpyHeader, 'offset'> {
  const found = new Map<string, string>()
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? ''
  const entry = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d\s,]*\))\s*(?:,\s*|$)/y
  for (let match = entry.exec(body); match; match = entry.exec(body)) {
    found.set(match[1]!, match[2]!)
    if (entry.lastIndex === body.length) {
      const [descr, order, shape] = [found.get('descr'), found.get('fortran_order'), found.get('shape')]
      if (!descr?.startsWith("'") || !/^[TF]/.test(order ?? '') || !shape?.startsWith('(')) break
      return { descr: descr.slice(1, -1), fortranOrder: order === 'True', shape: extents(shape) }
    }
  }
  throw npyError("a header {'descr': ..., 'fortran_order': ..., 'shape': ...}", `'${printable(text)}'`)
}

function extents(tuple: string): number[] {
  const parts = tuple
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim())
  if (parts.at(-1) === '') parts.pop()
  const shape = parts.map(Number)
  if (shape.length <= 32 && parts.every((part, at) => part !== '' && Number.isSafeInteger(shape[at]!))) return shape
  throw npyError('a shape of at most 32 whole numbers', printable(tuple))
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)
}
