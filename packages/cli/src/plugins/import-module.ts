import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as agon from 'agon'
import { createJiti } from 'jiti'

/** Endings of modules: those of TypeScript first. */
const typescript = ['.ts', '.mts', '.cts']
export const moduleEndings: readonly string[] = [...typescript, '.js', '.mjs', '.cjs']

/**
 * The default export of a module, or undefined. JavaScript goes through Node; TypeScript through jiti, because Node 20 does not strip types.
 * To TypeScript, `agon` is the copy that runs, so that a config needs nothing installed beside it. Throws what the module throws.
 */
export async function importDefault(path: string): Promise<unknown> {
  const module: unknown = typescript.includes(extname(path).toLowerCase())
    ? await jitiFor(path).import(path)
    : await import(/* @vite-ignore */ pathToFileURL(path).href)
  const found = defaultOf(module)
  return isCompiled(found) ? defaultOf(found) : found
}

function jitiFor(path: string) {
  return createJiti(path, { fsCache: false, interopDefault: false, virtualModules: { agon } })
}

function defaultOf(module: unknown): unknown {
  return (module as { default?: unknown } | undefined)?.default
}

/** What a compiler made CommonJS of an ES module has its default export one level further in. */
function isCompiled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value
}
