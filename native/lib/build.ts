#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingTool } from './toolchain.js'

/**
 * `agon-native-build`: compiles the addon from its C++ sources into build/Release/agon.node, without any download.
 * With --if-possible, or AGON_NATIVE_OPTIONAL=1 in the environment, a machine without the tools is not an error; a
 * compile error always is. The core for GPUs is built beside it where nvcc is found, unless AGON_CUDA_BUILD=0; with AGON_CUDA_HOST=1 also the
 * one for tests, which has the host in the place of a GPU.
 */
function build(args: readonly string[]): number {
  const unknown = args.find((arg) => arg !== '--if-possible')
  if (unknown !== undefined) return say(`unknown argument '${unknown}'; known: --if-possible`, 1)
  const missing = missingTool()
  if (missing !== undefined) {
    const optional = args.includes('--if-possible') || process.env.AGON_NATIVE_OPTIONAL === '1'
    return say(`the addon was not built: ${missing}. Install it and run agon-native-build again.`, optional ? 0 : 1)
  }
  const root = fileURLToPath(new URL('..', import.meta.url))
  const cmakeJs = join(dirname(createRequire(import.meta.url).resolve('cmake-js/package.json')), 'bin', 'cmake-js')
  const flags = ['--directory', root, '--config', 'Release', '--parallel', String(availableParallelism())]
  const { AGON_CUDA_BUILD, AGON_CUDA_HOST } = process.env
  flags.push(`--CDAGON_CUDA=${AGON_CUDA_BUILD === '0' ? 'OFF' : 'ON'}`)
  flags.push(`--CDAGON_CUDA_HOST=${AGON_CUDA_HOST === '1' ? 'ON' : 'OFF'}`)
  // `build` alone would keep to what an earlier build was configured with.
  for (const command of ['configure', 'build']) {
    const { status, error } = spawnSync(process.execPath, [cmakeJs, command, ...flags], { cwd: root, stdio: 'inherit' })
    if (error) return say(`cmake-js could not be started: ${error.message}`, 1)
    if (status !== 0) return say(`the addon was not built: to ${command} it failed, see above.`, 1)
  }
  return 0
}

function say(line: string, status: number): number {
  process.stderr.write(`agon-native-build: ${line}\n`)
  return status
}

process.exitCode = build(process.argv.slice(2))
