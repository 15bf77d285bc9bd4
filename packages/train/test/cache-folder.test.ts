import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cacheFolder } from '../src/node/index.js'

it.each<[string, NodeJS.ProcessEnv, NodeJS.Platform, string]>([
  ['AGON_CACHE first', { AGON_CACHE: '/a', XDG_CACHE_HOME: '/x' }, 'linux', '/a'],
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x', AGON_CACHE: '' }, 'linux', '/x/agon'],
  ['the home folder', {}, 'linux', join(homedir(), '.cache', 'agon')],
  ['macOS', { XDG_CACHE_HOME: '/x' }, 'darwin', join(homedir(), 'Library', 'Caches', 'agon')],
  ['Windows', { LOCALAPPDATA: '/local' }, 'win32', join('/local', 'agon', 'cache')]
])('the cache folder: %s', (_, environment, platform, folder) => {
  expect(cacheFolder(environment, platform)).toBe(folder)
})
