import { AgonError, formatShape } from '@agon/core'

/** An array of bytes as idx files hold it. */
export interface Idx {
  readonly shape: readonly number[]
  /** Row-major; shares the file's memory. */
  readonly values: Uint8Array
}

/** The type code of bytes, the only one that MNIST and its kin use. */
const unsignedByte = 0x08

/**
 * Reads an idx file of bytes: two zero bytes, a type code (8: unsigned bytes), the number of axes r, r extents of 32 bits with the highest byte first, then the
 * values (LeCun, Cortes, Burges: "The MNIST database", file format). `what` names it in errors. Throws AGON_BAD_FILE, before any allocation, for
 * another magic number, a type other than bytes, or a length that is not the one that the extents tell.
 */
export function readIdx(bytes: Uint8Array, what: string): Idx {
  const [zero, zeroToo, type, axes] = bytes
  if (bytes.length < 4 || zero !== 0 || zeroToo !== 0 || axes === 0)
    throw bad(what, 'an idx file: 0, 0, a type code and a number of axes', firstOf(bytes))
  if (type !== unsignedByte) throw bad(what, 'an idx file of bytes: type code 8', `type code ${type}`)
  const start = 4 + 4 * axes!
  if (bytes.length < start) throw bad(what, `${axes} extents in ${start} bytes`, `${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: axes! }, (_, axis) => view.getUint32(4 + 4 * axis))
  // A product of extents that is too large for a whole number is larger than any file, too.
  const expected = start + shape.reduce((size, extent) => size * extent, 1)
  if (bytes.length !== expected)
    throw bad(what, `${expected} bytes for shape ${formatShape(shape)}`, `${bytes.length} bytes`)
  return { shape, values: bytes.subarray(start) }
}

function firstOf(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0'))
  return bytes.length === 0 ? 'an empty file' : `a file of ${bytes.length} bytes that begins with ${shown.join(' ')}`
}

function bad(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_FILE', { what, expected, found })
}
