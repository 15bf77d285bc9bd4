import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folder of real models and pictures that some tests need: the environment variable AGON_DATA or, absent that,
 * `../shared/data` beside the repository. `undefined` if there is none; such tests are then skipped and say so.
 */
export function dataFolder(): string | undefined {
  const folder = process.env['AGON_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
  return existsSync(folder) ? folder : undefined
}
