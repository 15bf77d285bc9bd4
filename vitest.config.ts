import { defineConfig } from 'vitest/config'

// The `source` condition makes every workspace package resolve to its src/, so tests need no build.
const conditions = ['source', 'node', 'import', 'module', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/test', 'native/test', 'benchmarks/test', 'test'].map((folder) => `${folder}/**/*.test.ts`),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one core is left idle: half of two.
    maxWorkers: '100%'
  }
})
