import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AgonError, assertPlugin, type Plugin } from 'agon'
import { importDefault } from './import-module.js'
import { resolveModule } from './resolve-module.js'

/** A plugin and where it came from. */
export interface LoadedPlugin {
  readonly plugin: Plugin
  /** Of the file that exports it, or of the config that holds it. */
  readonly path: string
}

/** Loads a plugin by its path or package name. Throws AGON_BAD_PLUGIN if it is not found, cannot be loaded or is none. */
export async function loadPlugin(specifier: string, folder: string): Promise<LoadedPlugin> {
  const path = resolveModule(specifier, folder)
  const plugin = await importOrBlame(`plugin '${specifier}'`, path)
  assertPlugin(plugin, specifier)
  const version = plugin.version ?? packageVersion(path)
  return { plugin: version === undefined ? plugin : { ...plugin, version }, path }
}

/** The default export of a module. Throws AGON_BAD_PLUGIN in place of what goes wrong while it is loaded. */
export async function importOrBlame(what: string, path: string): Promise<unknown> {
  try {
    return await importDefault(path)
  } catch (cause) {
    const found = `${String(cause)}, while ${path} was loaded`
    throw new AgonError('AGON_BAD_PLUGIN', { what, expected: 'a module that loads', found, cause })
  }
}

/** Of the nearest package.json above a file that has one. */
function packageVersion(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    const version = existsSync(manifest) ? versionIn(manifest) : undefined
    if (version !== undefined) return version
    if (folder === dirname(folder)) return undefined
  }
}

function versionIn(manifest: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined // not a manifest that could say: the record then has no version
  }
}
