import { execFileSync } from 'node:child_process'

/** Runs npm in a folder and returns what it prints. Throws, with that, if it fails. */
export function npm(cwd, ...args) {
  try {
    return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    console.error(error.stdout)
    throw error
  }
}
