import { AgonError } from './error.js'
import { knownNames } from './names.js'
import { pluginKinds, type Plugin, type PluginKind } from './plugin.js'

/** Names that fit into file names, lists separated by commas and the command line. */
const named = /^[a-z0-9][a-z0-9+._-]*$/i

/** The function of an entry without which it is nothing. */
const body: Readonly<Record<PluginKind, string>> = {
  methods: 'create',
  engines: 'create',
  similarities: 'compare',
  metrics: 'create',
  checks: 'create'
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Whether a value is a plugin, entry by entry. `from` says where it was found. Throws AGON_BAD_PLUGIN with what was expected and what was
 * found instead; whether names are taken shows only beside other plugins.
 */
export function assertPlugin(value: unknown, from: string): asserts value is Plugin {
  const fail = (what: string, expected: string, found: string): never => {
    throw new AgonError('AGON_BAD_PLUGIN', { what: `${what} of ${from}`, expected, found })
  }
  if (!isObject(value))
    fail('default export', 'a plugin: { name, methods?, engines?, similarities?, metrics?, checks? }', told(value))
  const plugin = value as Fields
  const unknown = Object.keys(plugin).find((key) => !['name', 'version', ...kinds].includes(key))
  if (unknown !== undefined) {
    const known = knownNames(unknown, ['name', 'version', ...kinds])
    throw new AgonError('AGON_BAD_PLUGIN', { what: `field '${unknown}' of the plugin of ${from}`, ...known })
  }
  if (typeof plugin.name !== 'string' || plugin.name.trim() === '') fail('name', 'a text', told(plugin.name))
  if (plugin.version !== undefined && typeof plugin.version !== 'string')
    fail('version', 'a text', told(plugin.version))
  for (const kind of kinds) assertEntries(kind, plugin[kind], fail)
  if (kinds.every((kind) => ((plugin[kind] ?? []) as unknown[]).length === 0)) {
    fail('plugin', `at least one entry in ${kinds.join(', ')}`, 'none')
  }
}

const kinds = Object.keys(pluginKinds) as PluginKind[]

function assertEntries(
  kind: PluginKind,
  entries: unknown,
  fail: (...details: [string, string, string]) => never
): void {
  if (entries === undefined) return
  if (!Array.isArray(entries)) return fail(`'${kind}'`, 'an array of entries', told(entries))
  entries.forEach((entry: unknown, i) => {
    if (!isObject(entry)) fail(`${kind}[${i}]`, `an object { name, ${body[kind]} }`, told(entry))
    const { name, [body[kind]]: run } = entry as Fields
    if (typeof name !== 'string' || !named.test(name)) {
      fail(`name of ${kind}[${i}]`, 'letters, digits and - + . _', typeof name === 'string' ? `'${name}'` : told(name))
    }
    const what = `${pluginKinds[kind]} '${String(name)}'`
    if (typeof run !== 'function') fail(`'${body[kind]}' of ${what}`, 'a function', told(run))
    assertFacts(kind, what, entry as Fields, fail)
  })
}

/** The fields of an entry that say what its results mean. */
function assertFacts(
  kind: PluginKind,
  what: string,
  entry: Fields,
  fail: (...details: [string, string, string]) => never
) {
  if (kind === 'methods') {
    if (typeof entry.competitive !== 'boolean')
      fail(`'competitive' of ${what}`, 'true or false', told(entry.competitive))
    return
  }
  if (kind !== 'similarities') return
  if (typeof entry.cite !== 'string' || entry.cite === '') fail(`'cite' of ${what}`, 'its source', told(entry.cite))
  if (entry.direction !== 'higher' && entry.direction !== 'lower') {
    fail(`'direction' of ${what}`, "'higher' or 'lower'", told(entry.direction))
  }
  const range = entry.range as readonly unknown[]
  const ordered = Array.isArray(range) && range.length === 2 && Number(range[0]) < Number(range[1])
  if (!ordered) fail(`'range' of ${what}`, '[least, most]', told(entry.range))
  if (typeof entry.symmetric !== 'boolean') fail(`'symmetric' of ${what}`, 'true or false', told(entry.symmetric))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in a few words. */
function told(value: unknown): string {
  if (value === undefined) return 'none'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object') return `an object of ${Object.keys(value).slice(0, 8).join(', ') || 'nothing'}`
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value)}`
}
