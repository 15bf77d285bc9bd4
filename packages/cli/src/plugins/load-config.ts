import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AgonError, assertPlugin, knownNames, type Config } from 'agon'
import { importOrBlame, loadPlugin, type LoadedPlugin } from './load-plugin.js'
import { resolveModule } from './resolve-module.js'

/** Names of a config, looked for in a folder and all above it. */
export const configNames: readonly string[] = ['ts', 'mts', 'js', 'mjs'].map((ending) => `agon.config.${ending}`)

/** The config of a folder, if there is one there or above. Throws AGON_DUPLICATE_NAME for two in one folder. */
export function findConfig(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).filter((path) => existsSync(path))
    if (found.length > 1) {
      throw new AgonError('AGON_DUPLICATE_NAME', {
        what: `config of ${folder}`,
        expected: 'one',
        found: found.join(', ')
      })
    }
    if (found.length === 1) return found[0]
    if (folder === dirname(folder)) return undefined
  }
}

/** The plugins of a config, loaded. Throws AGON_BAD_PLUGIN. */
export async function configuredPlugins(path: string): Promise<LoadedPlugin[]> {
  const config = await importOrBlame(`config ${path}`, resolveModule(path, process.cwd()))
  assertConfig(config, path)
  const loaded: LoadedPlugin[] = []
  for (const [i, plugin] of (config.plugins ?? []).entries()) {
    if (typeof plugin === 'string') loaded.push(await loadPlugin(plugin, dirname(path)))
    else {
      assertPlugin(plugin, `plugins[${i}] of ${path}`)
      loaded.push({ plugin, path })
    }
  }
  return loaded
}

function assertConfig(config: unknown, path: string): asserts config is Config {
  const fail = (what: string, expected: string, found: string): never => {
    throw new AgonError('AGON_BAD_PLUGIN', { what: `${what} of config ${path}`, expected, found })
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return fail('default export', 'an object { plugins }', config === undefined ? 'none' : `${String(config)}`)
  }
  const unknown = Object.keys(config).find((field) => field !== 'plugins')
  if (unknown !== undefined) {
    throw new AgonError('AGON_BAD_PLUGIN', {
      what: `field '${unknown}' of config ${path}`,
      ...knownNames(unknown, ['plugins'])
    })
  }
  const { plugins } = config as Config
  if (plugins !== undefined && !Array.isArray(plugins)) fail("'plugins'", 'an array', typeof plugins)
}
