import { defineConfig } from 'vitest/config'

// The `source` condition makes every workspace package resolve to its src/, so tests need no build.
const conditions = ['source', 'node', 'import', 'module', 'default']

const onHost = ['packages/*/test', 'native/test', 'benchmarks/test', 'test'].map((folder) => `${folder}/**/*.test.ts`)
const gpu = 'native/test/gpu/**/*.test.ts'

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node', 'import', 'default'] } },
  test: {
    // `gpu`: what runs on a GPU, and says why it is skipped where there is none.
    projects: [
      { extends: true, test: { name: 'host', include: onHost, exclude: ['**/node_modules/**', gpu] } },
      { extends: true, test: { name: 'gpu', include: [gpu] } }
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one core is left idle: half of two.
    maxWorkers: '100%'
  }
})
