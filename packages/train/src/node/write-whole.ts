import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AgonError } from '@agon/core'
import { makeFolder } from './make-folder.js'

/**
 * Writes a file beside its place, brings it to disk and renames it: whoever looks sees what was there before or all of the new bytes, also after a loss of power.
 * Makes the folder. Throws AGON_BAD_FILE.
 */
export async function writeWhole(path: string, data: Uint8Array | string): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`
  try {
    await makeFolder(dirname(path))
    const file = await open(aside, 'w')
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined)
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a place that can be written', found, cause })
  }
}
