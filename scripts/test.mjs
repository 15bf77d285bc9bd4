// `npm test` on a bare clone: install, build what has changed, then every check. Arguments go to vitest.
import { ensureBuilt, ensureInstalled, root, run } from './ensure.mjs'

const bin = (name) => `${root}node_modules/.bin/${name}`
const vitestArguments = process.argv.slice(2)

// So that the engine for GPUs is tested where there is none.
process.env.AGON_CUDA_HOST = '1'
// A kernel whose registers are spilled to memory fails the build of the core for GPUs.
process.env.NVCC_APPEND_FLAGS ??= '-Xptxas=--warning-as-error'

ensureInstalled()
ensureBuilt()
if (vitestArguments.length === 0) {
  run(bin('prettier'), ['--check', '--log-level=warn', '.'])
  run(bin('eslint'), ['.'])
  run(bin('tsc'), ['-p', 'tsconfig.json'])
}
run(bin('vitest'), ['run', ...vitestArguments])
if (vitestArguments.length === 0) {
  run(process.execPath, ['scripts/native-check.mjs'])
  run(process.execPath, ['scripts/cuda-check.mjs'])
  run(process.execPath, ['scripts/pack-check.mjs'])
}
