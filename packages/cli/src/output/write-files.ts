import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AgonError } from 'agon'

/** A file that is complete in memory and not yet written. */
export interface PendingFile {
  readonly path: string
  readonly data: Uint8Array | string
}

/**
 * Writes files under temporary names beside their places and renames them once all are on disk: a file is there whole or
 * not at all. Throws AGON_BAD_FILE where a folder cannot be written; an abort before the renaming leaves nothing.
 */
export async function writeFiles(files: readonly PendingFile[], signal: AbortSignal): Promise<void> {
  const pairs = files.map((file) => ({ ...file, temporary: `${file.path}.${process.pid}.tmp` }))
  try {
    for (const { path, temporary, data } of pairs) {
      signal.throwIfAborted()
      await mkdir(dirname(path), { recursive: true })
      await writeFile(temporary, data)
    }
    signal.throwIfAborted()
    for (const { path, temporary } of pairs) await rename(temporary, path)
  } catch (error) {
    await Promise.allSettled(pairs.map(({ temporary }) => rm(temporary, { force: true })))
    throw isSystem(error) ? unwritable(error) : error
  }
}

function isSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function unwritable(error: NodeJS.ErrnoException): AgonError {
  return new AgonError('AGON_BAD_FILE', {
    what: `output ${error.path ?? ''}`.trim(),
    expected: 'a place that can be written',
    found: error.code ?? error.message,
    remedy: 'Name another folder with --out.',
    cause: error
  })
}
