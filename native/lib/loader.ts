import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AgonError } from '@agon/core'
import { mismatch, type Addon } from './addon.js'

/** One place where the addon was looked for, and why it was not taken. */
export interface Attempt {
  /** `option addon`, `AGON_NATIVE`, a package name, or `local build`. */
  readonly from: string
  readonly path?: string
  readonly reason: string
}

/** An addon that loaded, or only the attempts, in the order in which they were made. */
export interface Loaded {
  readonly addon?: Addon
  readonly path?: string
  readonly attempts: readonly Attempt[]
}

/** Where an addon may be: a file, or a package that has it. */
export type Candidate =
  { readonly from: string; readonly path: string } | { readonly from: string; readonly package: string }

const require = createRequire(import.meta.url)
const packageRoot = fileURLToPath(new URL('..', import.meta.url))

/**
 * Where the addon is looked for. An explicit path (the option, else AGON_NATIVE) is the only candidate, so that nothing else
 * is taken in its place; otherwise the prebuilt packages of this platform, then the local build.
 */
export function candidates(
  addon: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  root = packageRoot
): Candidate[] {
  if (addon !== undefined) return [{ from: 'option addon', path: resolve(addon) }]
  if (environment.AGON_NATIVE) return [{ from: 'AGON_NATIVE', path: resolve(environment.AGON_NATIVE) }]
  const platform = `@agon/native-${process.platform}-${process.arch}`
  const prebuilt = process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform]
  return [
    ...prebuilt.map((name) => ({ from: name, package: name })),
    { from: 'local build', path: resolve(root, 'build', 'Release', 'agon.node') }
  ]
}

/** Loads the first candidate that loads and matches this package. Never throws. */
export function firstOf(places: readonly Candidate[]): Loaded {
  const attempts: Attempt[] = []
  for (const place of places) {
    const found = 'path' in place ? inFile(place.path) : inPackage(place.package)
    if ('addon' in found) return { ...found, attempts }
    attempts.push({ from: place.from, ...found })
  }
  return { attempts }
}

type Found = { readonly addon: Addon; readonly path: string } | { readonly path?: string; readonly reason: string }

function inPackage(name: string): Found {
  try {
    return inFile(require.resolve(`${name}/agon.node`))
  } catch {
    return { reason: 'not installed' }
  }
}

function inFile(path: string): Found {
  if (!existsSync(path)) return { path, reason: 'no such file' }
  try {
    const addon = require(path) as Addon
    const reason = mismatch(addon)
    return reason === undefined ? { addon, path } : { path, reason }
  } catch (error) {
    return { path, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Loads the addon, or says where it was looked for and why each place failed. Never throws. */
export function tryLoadAddon(options: { readonly addon?: string } = {}): Loaded {
  return firstOf(candidates(options.addon))
}

/** `AGON_NATIVE (/path): no such file` */
export function attemptText({ from, path, reason }: Attempt): string {
  return `${from}${path === undefined ? '' : ` (${path})`}: ${reason}`
}

/** The addon. Throws AGON_NO_ENGINE with every attempt, its reason, and the remedies. */
export function loadAddon(loaded: Loaded): Addon {
  if (loaded.addon !== undefined) return loaded.addon
  throw new AgonError('AGON_NO_ENGINE', {
    what: "engine 'cpu'",
    expected: 'the native addon',
    found: loaded.attempts.map(attemptText).join('; '),
    remedy:
      'Install the prebuilt package of this platform, or build from source (cmake and a C++ compiler): npx agon-native-build. ' +
      'The reference engine (@agon/engine-reference) runs without an addon.'
  })
}
