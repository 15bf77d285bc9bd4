import { resolve } from 'node:path'
import { createAgon, pluginKinds, type Agon, type Plugin, type PluginKind } from 'agon'
import type { Command } from 'commander'
import { collect } from '../parse/method-options.js'
import { configNames, configuredPlugins, findConfig } from './load-config.js'
import { loadPlugin, type LoadedPlugin } from './load-plugin.js'

/** What is built in and what plugins brought, and where these came from. */
export interface OpenAgon {
  readonly agon: Agon
  readonly plugins: readonly PluginRecord[]
}

/** A plugin in records and lists. */
export interface PluginRecord {
  readonly name: string
  readonly version: string | null
  /** Path of its file, or of the config that holds it. */
  readonly from: string
  /** `method my-method`, `engine my-engine`, ... */
  readonly brings: readonly string[]
}

/** Options of the whole program, which may stand before or after a command. */
export function addPluginOptions(program: Command): Command {
  return program
    .option('--plugin <module>', 'load a plugin: a path, or a package by its name; repeatable', collect)
    .option('--config <file>', `a config that names plugins (default: ${configNames.join(', ')} here or above)`)
}

/** Loads the plugins of the config and of `--plugin`, one that both name once. Throws AGON_BAD_PLUGIN, AGON_DUPLICATE_NAME. */
export async function openAgon(command: Command): Promise<OpenAgon> {
  const { plugin = [], config } = command.optsWithGlobals<{ plugin?: readonly string[]; config?: string }>()
  const folder = process.cwd()
  const path = config === undefined ? findConfig(folder) : resolve(folder, config)
  const loaded = path === undefined ? [] : await configuredPlugins(path)
  for (const specifier of plugin) {
    const another = await loadPlugin(specifier, folder)
    if (!loaded.some((each) => isSame(each, another))) loaded.push(another)
  }
  return { agon: createAgon({ plugins: loaded.map((each) => each.plugin) }), plugins: loaded.map(recordOf) }
}

function isSame(a: LoadedPlugin, b: LoadedPlugin): boolean {
  return a.path === b.path && a.plugin.name === b.plugin.name
}

function recordOf({ plugin, path }: LoadedPlugin): PluginRecord {
  return { name: plugin.name, version: plugin.version ?? null, from: path, brings: broughtBy(plugin) }
}

function broughtBy(plugin: Plugin): string[] {
  return (Object.keys(pluginKinds) as PluginKind[]).flatMap((kind) =>
    (plugin[kind] ?? []).map(({ name }) => `${pluginKinds[kind]} ${name}`)
  )
}

/** `plugin my-plugin 1.0.0 (path): method my-method`, a line each. */
export function pluginsText(plugins: readonly PluginRecord[]): string {
  return plugins
    .map(
      ({ name, version, from, brings }) =>
        `plugin ${name}${version === null ? '' : ` ${version}`} (${from}): ${brings.join(', ')}\n`
    )
    .join('')
}
