import { spawnSync } from 'node:child_process'

/** What is missing on this machine for a build of the addon from source, in words; undefined if nothing is. */
export function missingTool(): string | undefined {
  if (!runs('cmake')) return 'cmake was not found'
  if (process.platform === 'win32') return undefined // cmake finds Visual Studio by itself and says so if it does not
  const compilers = [...(process.env.CXX ? [process.env.CXX] : []), 'c++', 'g++', 'clang++']
  if (!compilers.some((name) => runs(name))) return `no C++ compiler was found (looked for ${compilers.join(', ')})`
  if (!['ninja', 'make'].some(runs)) return 'neither ninja nor make was found'
  return undefined
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
