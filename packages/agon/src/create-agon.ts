import {
  AgonError,
  assertPlugin,
  createRegistry,
  defineCompetitive,
  knownNames,
  pluginKinds,
  type EngineEntry,
  type EngineOptions,
  type MethodEntry,
  type CheckEntry,
  type MetricEntry,
  type Plugin,
  type PluginKind,
  type Registry,
  type Similarity
} from '@agon/core'
import { methods as ownMethods } from '@agon/methods'
import { metrics as ownMetrics } from '@agon/metrics'
import { checks, dataRandomization, similarities as ownSimilarities } from '@agon/sanity-checks'
import { createEngine, engineNames, listEngines, type ChosenEngine, type EngineStatus } from './create-engine.js'
import { guardCheck } from './guard/guard-check.js'
import { guardEngine } from './guard/guard-engine.js'
import { guardMetric, guardSimilarity } from './guard/guard-measure.js'
import { guardMethod } from './guard/guard-method.js'

/** Everything that can be asked for by name: what is built in and what plugins brought. A value; nothing is registered globally. */
export interface Agon {
  readonly plugins: readonly Plugin[]
  readonly methods: Registry<MethodEntry>
  /** Engines of plugins; those that are built in are made by name, too. */
  readonly engines: Registry<EngineEntry>
  readonly similarities: Registry<Similarity>
  readonly metrics: Registry<MetricEntry>
  readonly checks: Registry<CheckEntry>
  /** `auto`, the engines that are built in, and those of plugins. */
  readonly engineNames: readonly string[]
  /** A method by its name; `competitive-<name>` is the competition over any method in which labels do not compete. Throws AGON_UNKNOWN_NAME. */
  method(name: string): MethodEntry
  /** As the function `createEngine`, for the engines of plugins as well. */
  createEngine(name?: string, options?: EngineOptions): Promise<ChosenEngine>
  /** Every engine with its state on this machine; those of plugins are made to see whether they can be. */
  listEngines(): Promise<readonly EngineStatus[]>
  /** The plugin that brought an entry; undefined for what is built in. */
  broughtBy(kind: PluginKind, name: string): Plugin | undefined
}

type EntryOf<Kind extends PluginKind> = NonNullable<Plugin[Kind]>[number]

/** Those that need nothing but a model, and the one that needs a second one, trained on permuted labels. */
const ownChecks = checks.with({ name: 'data-randomization', create: dataRandomization })

/**
 * Puts plugins beside what is built in. Errors that a plugin's entries throw carry its name. Throws AGON_BAD_PLUGIN for an object that is
 * no plugin, AGON_DUPLICATE_NAME for a plugin or an entry whose name is taken.
 */
export function createAgon({ plugins = [] }: { readonly plugins?: readonly Plugin[] } = {}): Agon {
  plugins.forEach((plugin, i) => assertPlugin(plugin, `plugins[${i}]`))
  assertUnique(plugins)
  const own = {
    methods: ownMethods.names,
    engines: engineNames,
    similarities: ownSimilarities.names,
    metrics: ownMetrics.names,
    checks: ownChecks.names
  }
  const owners = ownersOf(plugins, own)
  const brought = <Kind extends PluginKind, Entry>(
    kind: Kind,
    guard: (plugin: Plugin, entry: EntryOf<Kind>) => Entry
  ) =>
    plugins.flatMap((plugin) => ((plugin[kind] ?? []) as readonly EntryOf<Kind>[]).map((each) => guard(plugin, each)))
  const methods = ownMethods.with(...brought('methods', guardMethod))
  const engines = createRegistry('engine', brought('engines', guardEngine))
  return {
    plugins,
    methods,
    engines,
    similarities: ownSimilarities.with(...brought('similarities', guardSimilarity)),
    metrics: ownMetrics.with(...brought('metrics', guardMetric)),
    checks: ownChecks.with(...brought('checks', guardCheck)),
    engineNames: [...engineNames, ...engines.names],
    method: (name) => methodOf(methods, name),
    createEngine: (name, options) => madeEngine(engines, name, options),
    listEngines: async () => [...listEngines(), ...(await Promise.all([...engines].map(statusOf)))],
    broughtBy: (kind, name) => owners[kind].get(name)
  }
}

function methodOf(methods: Registry<MethodEntry>, name: string): MethodEntry {
  const [, base] = /^competitive-(.+)$/.exec(name) ?? []
  if (methods.has(name) || base === undefined || !methods.has(base) || methods.get(base).competitive) {
    return methods.get(name)
  }
  const entry = methods.get(base)
  return { name, competitive: true, create: defineCompetitive(name, (options?: object) => entry.create(options)) }
}

async function madeEngine(
  engines: Registry<EngineEntry>,
  name = 'auto',
  options: EngineOptions = {}
): Promise<ChosenEngine> {
  if (engines.has(name)) return { engine: await engines.get(name).create(options), report: [] }
  const own = engineNames.find((each) => each === name)
  if (own !== undefined) return createEngine(own, options)
  const known = knownNames(name, [...engineNames, ...engines.names])
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `engine '${name}'`, ...known })
}

async function statusOf(entry: EngineEntry): Promise<EngineStatus> {
  const { name, about = '' } = entry
  try {
    await entry.create()
    return { name, available: true, about, attempts: [] }
  } catch (error) {
    return { name, available: false, about: error instanceof Error ? error.message : String(error), attempts: [] }
  }
}

function assertUnique(plugins: readonly Plugin[]): void {
  const twice = plugins.find(({ name }, i) => plugins.findIndex((each) => each.name === name) !== i)
  if (twice === undefined) return
  throw new AgonError('AGON_DUPLICATE_NAME', {
    what: `plugin '${twice.name}'`,
    expected: 'every plugin once',
    found: 'two of that name'
  })
}

/** Who brought which entry. Throws AGON_DUPLICATE_NAME, naming both sides. */
function ownersOf(plugins: readonly Plugin[], own: Readonly<Record<PluginKind, readonly string[]>>) {
  const owners = {
    methods: ownersMap(),
    engines: ownersMap(),
    similarities: ownersMap(),
    metrics: ownersMap(),
    checks: ownersMap()
  }
  for (const plugin of plugins) {
    for (const kind of Object.keys(pluginKinds) as PluginKind[]) {
      for (const { name } of plugin[kind] ?? []) {
        const other = own[kind].includes(name) ? 'Agon' : owners[kind].get(name)?.name
        if (other !== undefined) {
          throw new AgonError('AGON_DUPLICATE_NAME', {
            what: `${pluginKinds[kind]} '${name}' of plugin '${plugin.name}'`,
            expected: 'a name that is not taken',
            found: `one of that name in ${other === 'Agon' ? other : `plugin '${other}'`}`
          })
        }
        owners[kind].set(name, plugin)
      }
    }
  }
  return owners
}

const ownersMap = () => new Map<string, Plugin>()
