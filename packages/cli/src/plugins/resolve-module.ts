import { statSync } from 'node:fs'
import { extname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AgonError } from 'agon'
import { createJiti } from 'jiti'
import { moduleEndings } from './import-module.js'

/**
 * The file of a plugin: of a path (what begins with `.` or `/`, or is the name of a file that is there), or of a package as Node finds it from
 * a folder upwards. Throws AGON_BAD_PLUGIN.
 */
export function resolveModule(specifier: string, folder: string): string {
  const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(folder, specifier)
  if (/^\.|^file:/.test(specifier) || isAbsolute(specifier) || isFile(path)) return checked(specifier, path)
  const parentURL = pathToFileURL(join(folder, 'package.json')).href
  const found = createJiti(parentURL).esmResolve(specifier, { parentURL, try: true })
  if (found !== undefined && !found.startsWith('node:')) return fileURLToPath(found)
  throw new AgonError('AGON_BAD_PLUGIN', {
    what: `plugin '${specifier}'`,
    expected: `a package that is installed in ${folder} or above it`,
    found: 'none',
    remedy: 'Install it, or give the path of a file, which begins with ./'
  })
}

function checked(specifier: string, path: string): string {
  const endings = moduleEndings.join(' ')
  const fail = (expected: string, found: string): never => {
    throw new AgonError('AGON_BAD_PLUGIN', { what: `plugin '${specifier}'`, expected, found })
  }
  if (!isFile(path)) return fail('a file', `none at ${path}`)
  if (!moduleEndings.includes(extname(path).toLowerCase()))
    return fail(`a module (${endings})`, extname(path) || 'no ending')
  return path
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
