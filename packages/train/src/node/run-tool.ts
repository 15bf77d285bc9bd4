import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AgonError } from '@agon/core'

const execute = promisify(execFile)

/** What a fetch needs of programs beside it. */
export interface ToolOptions {
  readonly signal?: AbortSignal
  /** What the user can do where the program fails. */
  readonly remedy: string
}

/** Runs a program in a folder. Throws AGON_BAD_FILE with the last line of what it complained about, or that it is not there. */
export async function runTool(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  { signal, remedy }: ToolOptions
): Promise<void> {
  try {
    // npm is a script of the shell on Windows; no argument here holds anything that a shell would read otherwise.
    const shell = process.platform === 'win32' && program === 'npm'
    await execute(program, args, { cwd: folder, shell, ...(signal && { signal }) })
  } catch (cause) {
    signal?.throwIfAborted()
    const what = [program, ...args].join(' ')
    throw new AgonError('AGON_BAD_FILE', { what, expected: 'to run', found: complaintOf(cause), remedy, cause })
  }
}

function complaintOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message?: string }
  if (code === 'ENOENT') return 'no such program'
  const lines = (stderr ?? '').split('\n').map((line) => line.replace(/^npm error\s+/, '').trim())
  const said = lines.filter((line) => line !== '' && !/^at |^npm warn|^W: /.test(line))
  return said.find((line) => /failed|not found|^E: /i.test(line)) ?? said[0] ?? message ?? String(error)
}
