import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { cpuEngine } from './helpers.js'

/** What a child process left behind. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a script of this folder (`children/op-cases`) in a process of its own: bundled from sources into one plain script, so that neither a build of the
 * packages nor the test runner's memory is part of it. The addon is passed by AGON_NATIVE.
 */
export async function runChild(
  source: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {}
): Promise<Ended> {
  const script = await bundle(source)
  const env = { ...process.env, AGON_NATIVE: cpuEngine().addon, ...environment }
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: Buffer[][] = [[], []]
  child.stdout.on('data', (bytes: Buffer) => stdout!.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => stderr!.push(bytes))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout!).toString(), stderr: Buffer.concat(stderr!).toString() })
    })
  })
}

const conditions = ['source', 'node', 'import', 'module', 'default']

async function bundle(script: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'agon-child-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    resolve: { conditions },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: fileURLToPath(new URL(`${script}.ts`, import.meta.url)),
      outDir,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'child.mjs' } }
    }
  })
  return join(outDir, 'child.mjs')
}
