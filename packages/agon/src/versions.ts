import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const require = createRequire(import.meta.url)

/** Versions of node, of this package and of the packages that it is made of, by name. For provenance. */
export function versions(): Readonly<Record<string, string>> {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Manifest
  const parts = Object.keys(own.dependencies ?? {}).map((name) => [name, versionOf(name)])
  return Object.fromEntries([['node', process.versions.node], [own.name, own.version], ...parts])
}

/** Read from the package's folder, because a package exports its code only. */
function versionOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json')
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as Manifest).version
  }
  return 'unknown'
}
