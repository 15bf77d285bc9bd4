import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createReferenceEngine } from '@agon/engine-reference'
import { afterAll, expect, it } from 'vitest'
import { fit } from '../src/index.js'
import { checkpointFile } from '../src/node/index.js'
import { tinyNet, tinyOptions, tinySet, weightBytes } from './tiny-fit.js'

const folder = mkdtempSync(join(tmpdir(), 'agon-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs test/fit-child.ts from the sources. */
const runner = `
  const { runnerImport } = await import('vite')
  const conditions = ['source', 'node', 'import', 'module', 'default']
  const resolve = { conditions, externalConditions: conditions }
  await runnerImport(process.argv[1], { configFile: false, logLevel: 'error', resolve, ssr: { resolve } })
`

it('a fit whose process is killed goes on from its last update, byte for byte', async () => {
  const path = join(folder, 'fit.checkpoint')
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', runner, fileURLToPath(new URL('fit-child.ts', import.meta.url)), path],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'inherit', 'inherit'] }
  )
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)))
  const store = checkpointFile(path)
  while (child.exitCode === null && (await store.read()) === undefined) await pause(20)
  await pause(500)
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  expect(readdirSync(folder)).toContain('fit.checkpoint')
  const engine = createReferenceEngine()
  const resumed = await fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: store })
  const ran = await fit(engine, tinyNet, tinySet, tinyOptions)
  expect(resumed.resumedAt).toBeGreaterThan(0)
  expect(resumed.resumedAt).toBeLessThan(28)
  expect(weightBytes(resumed.model)).toEqual(weightBytes(ran.model))
  expect(resumed.history).toEqual(ran.history)
}, 120_000)

it('names the file of a damaged checkpoint', async () => {
  const path = join(folder, 'damaged.checkpoint')
  writeFileSync(path, 'agon-fit')
  const running = fit(createReferenceEngine(), tinyNet, tinySet, { checkpoint: checkpointFile(path) })
  await expect(running).rejects.toMatchObject({ code: 'AGON_BAD_FILE', what: path })
})

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
