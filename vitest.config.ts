import { defineConfig } from 'vitest/config'

// The `source` condition makes every workspace package resolve to its src/, so tests need no build.
const conditions = ['source', 'node', 'import', 'module', 'default']

const onHost = ['packages/*/test', 'native/test', 'benchmarks/test', 'test'].map((folder) => `${folder}/**/*.test.ts`)
const gpu = 'native/test/gpu/**/*.test.ts'
// Each in a process of its own, as they change what a process has once: modules (vi.mock), the environment, the working directory, the console.
const alone = [
  'packages/agon/test/{engines,readme}.test.ts',
  'packages/cli/test/{config,options-of-methods,plugins,training}.test.ts',
  'packages/train/test/{fetch,train-net}.test.ts',
  'native/test/cuda/available.test.ts',
  'benchmarks/test/command.test.ts'
]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node', 'import', 'default'] } },
  test: {
    // `gpu`: what runs on a GPU, and says why it is skipped where there is none. All others share processes: to load the modules again for every file
    // takes longer than the tests.
    projects: [
      {
        extends: true,
        test: { name: 'host', include: onHost, exclude: ['**/node_modules/**', gpu, ...alone], isolate: false }
      },
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'gpu', include: [gpu] } }
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one core is left idle: half of two.
    maxWorkers: '100%'
  }
})
