// `npm test` on a bare clone: install, build what has changed, then every check, as many at a time as there are cores. It ends with what each took and
// counted, vitest's own counts last. Arguments go to vitest, which then is the only check.
import { availableParallelism } from 'node:os'
import { ensureBuilt, ensureInstalled, root, run } from './ensure.mjs'
import { runStages } from './stages.mjs'

const bin = (name) => `${root}node_modules/.bin/${name}`
const script = (name, ...args) => [process.execPath, `scripts/${name}.mjs`, ...args]
const vitestArguments = process.argv.slice(2)

// So that the engine for GPUs is tested where there is none.
process.env.AGON_CUDA_HOST = '1'
// A kernel whose registers are spilled to memory fails the build of the core for GPUs.
process.env.NVCC_APPEND_FLAGS ??= '-Xptxas=--warning-as-error'

const counted = /\bpassed, \d+ failed$|\bskipped[,:] /
// What takes the longest first. None that is not named in `after` needs another to be done.
const stages = [
  { name: 'install', command: script('ensure', 'installed') },
  { name: 'native-check', command: script('native-check'), counts: counted },
  { name: 'build', command: script('ensure', 'built'), after: ['install'], counts: /^ *Tasks: / },
  { name: 'vitest', command: [bin('vitest'), 'run'], after: ['build'], counts: /^ *(Test Files|Tests|Errors) +\d/ },
  { name: 'pack-check', command: script('pack-check'), after: ['build'], counts: /^pack-check: / },
  { name: 'eslint', command: [bin('eslint'), '.'], after: ['install'] },
  { name: 'tsc', command: [bin('tsc'), '-p', 'tsconfig.json'], after: ['install'] },
  { name: 'prettier', command: [bin('prettier'), '--check', '--log-level=warn', '.'], after: ['install'] },
  // In the build folder of the addon, which the tests load, and, where that cannot do, in that of native-check.
  { name: 'cuda-check', command: script('cuda-check'), after: ['native-check', 'vitest'], counts: counted }
]

if (vitestArguments.length > 0) {
  ensureInstalled()
  ensureBuilt()
  run(bin('vitest'), ['run', ...vitestArguments])
} else process.exit(await runStages(stages, { atOnce: availableParallelism(), last: 'vitest' }))
