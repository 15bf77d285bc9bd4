import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listEngines, type Report } from 'agon'
import { describe, expect, it } from 'vitest'
import { picture, temporaryFolder } from './run-cli.js'

const bin = fileURLToPath(new URL('../bin/agon.mjs', import.meta.url))
const isBuilt = existsSync(fileURLToPath(new URL('../dist/commands/check.js', import.meta.url)))
const isQuick = listEngines().some(({ name, available }) => name === 'cpu' && available)
const small = '--draws 2 --steps 2 --metrics sparseness'.split(' ')

// A process of its own can be killed; scripts/kill-check.mjs does so ten times.
describe.skipIf(!isBuilt || !isQuick)('agon check, killed (needs a build and the native engine)', () => {
  it('goes on where it was and says what a run says that nobody stopped', async () => {
    const [whole, cut] = [join(temporaryFolder(), 'out'), join(temporaryFolder(), 'out')]
    const journal = join(cut, 'cells.jsonl')
    const ran = start(whole)
    const child = start(cut)
    while (child.process.exitCode === null && lines(journal) < 50)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.process.kill('SIGKILL')
    expect(await child.ended).toBe('SIGKILL')
    const before = lines(journal)
    expect(before).toBeLessThan(101)
    expect(await start(cut).ended).toBe(0)
    expect(await ran.ended).toBe(0)
    expect(lines(journal)).toBe(101)
    expect(before).toBeGreaterThanOrEqual(50)
    expect(reportIn(cut)).toBe(reportIn(whole))
  })
})

function start(out: string) {
  const argv = [bin, 'check', 'fashion-mnist', picture('ankle-boot'), picture('bag'), ...small, '--out', out]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'ignore'] })
  return {
    process: child,
    ended: new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)))
  }
}

function lines(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
}

/** The bytes, without when and where. */
function reportIn(folder: string): string {
  const { run, ...rest } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
  return JSON.stringify({ ...rest, run: { ...run, date: '', seconds: 0, command: '' } })
}
