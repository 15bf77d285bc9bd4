import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

const running = new Set<ChildProcess>()

/** Starts a child that `stopAll` ends. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, options)
  running.add(child)
  child.on('close', () => running.delete(child))
  child.on('error', () => running.delete(child))
  return child
}

/** Ends every child that still runs. */
export function stopAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a child to its end: what it printed. Throws an error with its last line of complaint if it fails. */
export function output(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = { stdout: '', stderr: '' }
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`could not be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed.stdout)
      else reject(new Error(complaint(printed.stderr) ?? `ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

/** The last line that names an error, else the last line, without colours and cut to a length that fits a table. */
export function complaint(stderr: string): string | undefined {
  const lines = stripVTControlCharacters(stderr)
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  const named = lines.filter((text) => /^[\w.]*(Error|Exception): /.test(text))
  return (named.at(-1) ?? lines.at(-1))?.slice(0, 300)
}

/** The JSON of the last line that was printed. Throws if it is none. */
export function lastJson(stdout: string): Record<string, unknown> {
  const last = stdout.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(last) as Record<string, unknown>
  } catch {
    throw new Error(`the last line is not JSON: '${last.slice(0, 100)}'`)
  }
}
