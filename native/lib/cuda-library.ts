import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { Addon, Gpu } from './addon.js'
import { attemptText, tryLoadAddon, type Attempt } from './loader.js'

/** A GPU that the core can run on, with what was loaded for it. */
export interface OpenedGpu {
  readonly addon: Addon
  readonly gpu: Gpu
  /** Path of the library with the core for GPUs. */
  readonly library: string
}

/** Why there is none: `cuda: unavailable (why)`, and where its library was looked for. */
export interface NoGpu {
  readonly reason: string
  readonly attempts: readonly string[]
}

const require = createRequire(import.meta.url)
const fileName = process.platform === 'win32' ? 'agon_cuda.dll' : 'agon_cuda.so'

/**
 * Opens a GPU. The library with its core is the file that the option or AGON_CUDA names, and then nothing else in its place; otherwise that of the prebuilt package of
 * this platform, or the one built beside the addon. Never throws.
 */
export function openGpu(device: number, library?: string, addonPath?: string): OpenedGpu | NoGpu {
  const loaded = tryLoadAddon(addonPath === undefined ? {} : { addon: addonPath })
  const { addon } = loaded
  if (addon === undefined) return { reason: unavailable('no addon'), attempts: loaded.attempts.map(attemptText) }
  const attempts: Attempt[] = []
  for (const { from, path } of libraries(loaded.path!, library)) {
    if (path === undefined) attempts.push({ from, reason: 'not installed' })
    else if (!existsSync(path)) attempts.push({ from, path, reason: 'no such file' })
    else return inLibrary(addon, path, device)
  }
  return { reason: unavailable('no library'), attempts: attempts.map(attemptText) }
}

interface Place {
  readonly from: string
  readonly path: string | undefined
}

/** Where the library may be. */
function libraries(addonPath: string, library: string | undefined): readonly Place[] {
  if (library !== undefined) return [{ from: 'option library', path: resolve(library) }]
  const { AGON_CUDA } = process.env
  if (AGON_CUDA) return [{ from: 'AGON_CUDA', path: resolve(AGON_CUDA) }]
  const prebuilt = `@agon/native-cuda-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`
  return [
    { from: prebuilt, path: inPackage(prebuilt) },
    { from: 'beside the addon', path: join(dirname(addonPath), fileName) }
  ]
}

function inPackage(name: string): string | undefined {
  try {
    return require.resolve(`${name}/${fileName}`)
  } catch {
    return undefined
  }
}

function inLibrary(addon: Addon, library: string, device: number): OpenedGpu | NoGpu {
  try {
    return { addon, gpu: addon.openGpu(library, device), library }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    return { reason: what.startsWith('cuda: ') ? what : unavailable(what), attempts: [] }
  }
}

const unavailable = (why: string): string => `cuda: unavailable (${why})`
