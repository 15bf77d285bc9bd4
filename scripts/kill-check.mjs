// Kills `agon check` at random moments, ten times or as many as the first argument says, goes on each time, and compares the report with that of a run that
// nobody stopped: the same bytes, but for date and seconds. Other arguments go to `agon check`; by default two pictures of the embedded classifier.
// Needs a build (`npm run build`).
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../packages/cli/bin/agon.mjs', import.meta.url))
const pictures = fileURLToPath(new URL('../packages/agon/assets/fashion-mnist/pictures/', import.meta.url))
const [kills = '10', ...given] = process.argv.slice(2)
const embedded = ['fashion-mnist', `${pictures}ankle-boot-0.png`, `${pictures}bag-18.png`, '--draws', '2']
const folder = mkdtempSync(join(tmpdir(), 'agon-kill-check-'))
const argv = [bin, 'check', ...(given.length > 0 ? given : embedded), '--out', folder]
const journal = join(folder, 'cells.jsonl')

const lines = () => (existsSync(journal) ? readFileSync(journal).toString().split('\n').length - 1 : 0)
const start = () => spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
const ended = (child) => new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)))

/** Without when the run was made. */
function report() {
  const { run, ...rest } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  return JSON.stringify({ ...rest, run: { ...run, date: '', seconds: 0 } })
}

async function killed(atLeast) {
  const child = start()
  const end = ended(child)
  while (child.exitCode === null && lines() < atLeast) await pause(2)
  await pause(Math.random() * 30)
  child.kill('SIGKILL')
  return end
}

try {
  if ((await ended(start())) !== 0) throw new Error('the run that nobody stops failed')
  const [expected, total] = [report(), lines()]
  rmSync(folder, { recursive: true })
  for (let kill = 1, before = 0; kill <= Number(kills); kill++) {
    const share = (total - before) / (Number(kills) + 1 - kill + 1)
    const how = await killed(before + 1 + Math.floor(Math.random() * 1.5 * share))
    const after = lines()
    console.log(`kill ${kill}: ${how}, ${after} of ${total} lines`)
    if (after < before) throw new Error(`${before - after} lines were lost`)
    before = after
  }
  if ((await ended(start())) !== 0) throw new Error('the run that was killed failed')
  if (lines() !== total) throw new Error(`${lines()} lines, not ${total}`)
  if (report() !== expected) throw new Error('the report of the run that was killed differs')
  console.log(`the report after ${kills} kills is that of a run that nobody stopped`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
