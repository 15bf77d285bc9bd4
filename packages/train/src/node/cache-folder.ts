import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where fetched data and fitted nets are kept: `AGON_CACHE`, else the platform's place: `%LOCALAPPDATA%\agon\cache` on Windows, `~/Library/Caches/agon` on macOS,
 * `$XDG_CACHE_HOME/agon` or `~/.cache/agon` elsewhere.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const set = (name: string): string | undefined => environment[name] || undefined
  const own = set('AGON_CACHE')
  if (own !== undefined) return own
  if (platform === 'win32') return join(set('LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), 'agon', 'cache')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'agon')
  return join(set('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'agon')
}

/** Where the files of a fetched data set lie. */
export function dataSetFolder(name: string, cache: string = cacheFolder()): string {
  return join(cache, 'data', name)
}

/** Where fitted nets lie. */
export function netsFolder(cache: string = cacheFolder()): string {
  return join(cache, 'nets')
}
