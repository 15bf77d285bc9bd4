// Makes a bare clone ready: installs when the lock file has changed, builds what has changed. Node's own modules only. As a command: what is named of
// `installed` and `built`.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
// For whoever is started from here: npm is some dozen times, and would warn of the same settings each time.
process.env.npm_config_loglevel = 'error'

const stamp = `${root}node_modules/.agon-lock`

/** Runs a command with the terminal attached; ends this process with its exit code if it fails. */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env }
  })
  if (error) console.error(`${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

/** Runs a command beside others and prints what it said when it ends; ends this process with its exit code if it fails. */
export function runBeside(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env } })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes))
  return new Promise((resolve) => {
    child.on('error', ({ message }) => said.push(`${command}: ${message}\n`))
    child.on('close', (status) => {
      process.stdout.write(said.map(String).join(''))
      if (status !== 0) process.exit(status ?? 1)
      resolve()
    })
  })
}

/** `npm ci`, unless node_modules was installed from this very lock file by this node and platform. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')
  const wanted = `${lock} ${process.version} ${process.platform}-${process.arch}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  run('npm', ['ci', '--no-audit', '--no-fund'])
  writeFileSync(stamp, wanted)
}

/** Builds the packages and the native addon; what has not changed comes from turbo's cache. */
export function ensureBuilt() {
  run(`${root}node_modules/.bin/turbo`, ['run', 'build', '--output-logs=new-only', '--no-update-notifier'])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('installed')) ensureInstalled()
  if (process.argv.includes('built')) ensureBuilt()
}
