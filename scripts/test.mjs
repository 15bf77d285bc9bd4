// `npm test` on a bare clone: install, build what has changed, then every check. Arguments go to vitest.
import { ensureBuilt, ensureInstalled, root, run } from './ensure.mjs'

const bin = (name) => `${root}node_modules/.bin/${name}`
const vitestArguments = process.argv.slice(2)

// So that the engine for GPUs is tested where there is none.
process.env.AGON_CUDA_HOST = '1'

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
  run(process.execPath, ['scripts/pack-check.mjs'])
}
