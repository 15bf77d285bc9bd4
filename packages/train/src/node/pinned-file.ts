import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AgonError } from '@agon/core'
import type { PinnedFile } from './data-sources.js'

const inflate = promisify(gunzip)

/**
 * The bytes of a file of a data set in a folder, plain or as `<name>.gz`; `undefined` if there is neither. No more is read or inflated than the file may hold.
 * Throws AGON_BAD_FILE, naming the file, for another size or checksum.
 */
export async function readPinned(folder: string, pinned: PinnedFile): Promise<Uint8Array | undefined> {
  for (const path of [join(folder, pinned.name), join(folder, `${pinned.name}.gz`)]) {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) continue
    if (!found.isFile()) throw bad(path, 'a file', 'a folder or a device')
    const most = pinned.size + 4096 // gzip adds less than that to what cannot be compressed
    if (found.size > most) throw bad(path, `at most ${most} bytes`, `${found.size}`)
    const bytes = path.endsWith('.gz') ? await inflated(path, pinned.size) : await readFile(path)
    assertPinned(path, bytes, pinned)
    return bytes
  }
  return undefined
}

/** Throws AGON_BAD_FILE for bytes that are not the pinned ones. */
export function assertPinned(path: string, bytes: Uint8Array, { size, sha256 }: PinnedFile): void {
  if (bytes.length !== size) throw bad(path, `${size} bytes`, `${bytes.length}`)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) throw bad(path, `SHA-256 ${sha256}`, found)
}

async function inflated(path: string, size: number): Promise<Uint8Array> {
  try {
    return await inflate(await readFile(path), { maxOutputLength: size })
  } catch (cause) {
    const tooLong = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    const found = tooLong ? 'more' : cause instanceof Error ? cause.message : String(cause)
    throw bad(path, `a gzip file of ${size} bytes`, found, cause)
  }
}

function bad(what: string, expected: string, found: string, cause?: unknown): AgonError {
  const remedy = 'This is not the file of the data set: remove it and fetch that again.'
  return new AgonError('AGON_BAD_FILE', { what, expected, found, remedy, cause })
}
