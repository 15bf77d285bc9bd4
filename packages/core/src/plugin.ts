import type { CheckEntry } from './check.js'
import type { Engine } from './engine.js'
import type { Method } from './method.js'
import type { MetricEntry } from './metric.js'
import type { Similarity } from './similarity.js'

/**
 * What a third party brings: a plain object, so that a plugin needs nothing of Agon but types. Entries are as the registries hold
 * them; `createAgon({ plugins })` and the command line's `--plugin` put them there.
 */
export interface Plugin {
  /** The package's name, usually. */
  readonly name: string
  /** The command line records that of the plugin's package.json where this is absent. */
  readonly version?: string
  readonly methods?: readonly MethodEntry[]
  readonly engines?: readonly EngineEntry[]
  readonly similarities?: readonly Similarity[]
  readonly metrics?: readonly MetricEntry[]
  readonly checks?: readonly CheckEntry[]
}

/** A method's factory under its name. */
export interface MethodEntry {
  readonly name: string
  /** Whether labels compete: the result is then contested at the options' granularity. */
  readonly competitive: boolean
  /** `options` are the method's own; those of a competitive method include the options of `competitive`. */
  create(options?: object): Method
}

/** An engine's factory under its name. */
export interface EngineEntry {
  readonly name: string
  /** What it is, in a few words. */
  readonly about?: string
  /** Throws (AGON_NO_ENGINE, or any error that says why) where the engine cannot run. */
  create(options?: EngineOptions): Engine | Promise<Engine>
}

export interface EngineOptions {
  /** Of engines that run on the processor; default: as many as the machine runs at once. Results do not depend on it. */
  readonly threads?: number
}

/** The kinds of entries that a plugin can bring, and what one is called in errors and lists. */
export const pluginKinds = {
  methods: 'method',
  engines: 'engine',
  similarities: 'similarity',
  metrics: 'metric',
  checks: 'check'
} as const

export type PluginKind = keyof typeof pluginKinds
