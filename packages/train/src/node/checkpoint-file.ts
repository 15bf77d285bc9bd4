import { readFile } from 'node:fs/promises'
import { AgonError } from '@agon/core'
import type { CheckpointStore } from '../checkpoint.js'
import { writeWhole } from './write-whole.js'

/** Keeps an unfinished fit in a file. A process that is killed while it writes leaves the file as it was. Throws AGON_BAD_FILE. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    where: path,
    write: (bytes) => writeWhole(path, bytes),
    async read() {
      try {
        return new Uint8Array(await readFile(path))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        const found = cause instanceof Error ? cause.message : String(cause)
        throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a checkpoint that can be read', found, cause })
      }
    }
  }
}
