import { readFile, stat } from 'node:fs/promises'
import { AgonError } from '@agon/core'

/** A file's bytes. Throws AGON_BAD_FILE if it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  return (await readIfPresent(path)) ?? unreadable(path, 'no such file')
}

/** A file's bytes, or `undefined` if there is none. Throws AGON_BAD_FILE if there is one that cannot be read. */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    const stats = await stat(path)
    if (!stats.isFile() && !stats.isDirectory()) return unreadable(path, 'a device or pipe') // which may never end
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof AgonError) throw cause
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return unreadable(path, code === 'EISDIR' ? 'a folder' : (code ?? String(cause)), cause)
  }
}

function unreadable(path: string, found: string, cause?: unknown): never {
  throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a readable file', found, cause })
}
