import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embedded } from 'agon'
import { afterAll } from 'vitest'
import { main, type ExitCode, type Io } from '../src/index.js'

export interface Outcome {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

/** Runs the command line in this process and captures what it says. */
export async function agon(argv: readonly string[], given: Partial<Io> = {}): Promise<Outcome> {
  let [out, err] = ['', '']
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    terminal: false,
    signal: new AbortController().signal,
    ...given
  }
  const code = await main(argv, io)
  return { code, out, err }
}

/** A folder that is removed after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agon-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a folder and returns its path. */
export function put(folder: string, name: string, data: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, data)
  return path
}

/** The embedded picture whose name begins so. */
export function picture(name: string): string {
  return embedded[0]!.pictures.find((path) => path.includes(`/${name}`))!
}

/** The options that make a run the same on every machine. */
export const reference = ['--engine', 'reference']
