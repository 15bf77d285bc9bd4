import type { Plugin } from '@agon/core'

/** What `agon.config.ts` (or .mts .js .mjs) exports by default. */
export interface Config {
  /** Plugins, or the modules that hold them: paths and package names are resolved from the folder of the config. */
  readonly plugins?: readonly (Plugin | string)[]
}

/** Gives a config its type: `export default defineConfig({ plugins: ['my-plugin'] })`. */
export function defineConfig(config: Config): Config {
  return config
}
