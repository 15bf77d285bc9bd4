import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
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
      await makeFolder(dirname(path))
      if (await isFolder(path)) throw unwritable(path, 'a folder')
      await writeFile(temporary, data)
    }
    signal.throwIfAborted()
    for (const { path, temporary } of pairs) await rename(temporary, path)
  } catch (error) {
    await Promise.allSettled(pairs.map(({ temporary }) => rm(temporary, { force: true })))
    throw isSystem(error) ? unwritable(placeOf(error), error.code ?? error.message, error) : error
  }
}

/** A folder and those above it. Not `recursive`: below a place that takes no folders, such as /proc, that never returns. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch(async (error: unknown) => {
    if (!(await isFolder(folder))) throw error // else another process was faster
  })
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

function isSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

/** The place that a complaint of the system is about, not the temporary name beside it. */
function placeOf({ path }: NodeJS.ErrnoException): string {
  return (path ?? '').replace(`.${process.pid}.tmp`, '')
}

function unwritable(path: string, found: string, cause?: unknown): AgonError {
  return new AgonError('AGON_BAD_FILE', {
    what: `output ${path}`.trim(),
    expected: 'a place that can be written',
    found,
    remedy: 'Name another folder with --out.',
    cause
  })
}
