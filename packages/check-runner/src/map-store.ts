import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AgonError, type Tensor } from '@agon/core'
import { readNpy } from '@agon/images'
import type { Journal } from './journal.js'

/** The maps of the unchanged model, from the files that the journal names. */
export interface MapStore {
  /** Throws AGON_BAD_FILE where a file is gone or damaged. */
  get(method: string, input: string): Promise<HeldMap>
}

/** `[1, ...]` each. */
export interface HeldMap {
  readonly map: Tensor
  readonly baselineLogits?: Tensor
}

const heldBytes = 64 * 2 ** 20

/** Keeps the maps that were read last, up to 64 MiB. */
export function createMapStore(folder: string, journal: Journal): MapStore {
  const held = new Map<string, HeldMap>()
  let bytes = 0
  const hold = (path: string, found: HeldMap): void => {
    held.set(path, found)
    bytes += found.map.data.byteLength
    for (const [oldest, each] of held) {
      if (bytes <= heldBytes) return
      held.delete(oldest)
      bytes -= each.map.data.byteLength
    }
  }
  return {
    async get(method, input) {
      const line = journal.get({ kind: 'map', method, input })
      if (line?.kind !== 'map') throw gone(`map of ${input} by ${method}`, 'none in the journal')
      const path = join(folder, line.values)
      const known = held.get(path)
      if (known) return known
      const found = {
        map: await read(path),
        ...(line.baselineLogits && { baselineLogits: await read(join(folder, line.baselineLogits)) })
      }
      hold(path, found)
      return found
    }
  }
}

async function read(path: string): Promise<Tensor> {
  try {
    const { shape, data } = readNpy(await readFile(path))
    return { shape, data }
  } catch (cause) {
    throw gone(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function gone(what: string, found: string, cause?: unknown): AgonError {
  const remedy = 'Start over in that folder with --fresh.'
  return new AgonError('AGON_BAD_FILE', { what, expected: 'a map that this run wrote', found, remedy, cause })
}
