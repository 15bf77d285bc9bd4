import { AgonError } from '@agon/core'

/** How the files of each kind begin; `?` stands for any byte. */
const signatures: readonly (readonly [string, string])[] = [
  ['JPEG', '\xff\xd8\xff'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['GIF', 'GIF8'],
  ['WebP', 'RIFF????WEBP'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['AVIF', '????ftypavif'],
  ['AVIF', '????ftypavis'],
  ['AVIF', '????ftypmif1']
]

/**
 * The kind of a picture by its first bytes. Throws AGON_BAD_FILE for anything else: drawings such as SVG, which may name
 * other files, never reach a decoder.
 */
export function pictureKind(what: string, bytes: Uint8Array): string {
  const found = signatures.find(([, start]) => [...start].every((c, i) => c === '?' || c.charCodeAt(0) === bytes[i]))
  if (found) return found[0]
  throw new AgonError('AGON_BAD_FILE', {
    what,
    expected: 'a picture: JPEG, PNG, WebP, GIF, TIFF or AVIF',
    found: bytes.length === 0 ? 'an empty file' : `a file that begins with bytes ${hex(bytes.subarray(0, 8))}`
  })
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
