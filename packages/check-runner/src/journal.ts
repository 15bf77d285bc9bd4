import { mkdir, open, readFile, rm, truncate, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AgonError } from '@agon/core'
import type { Facts } from './facts.js'
import { assertSameRun } from './identity.js'
import { keyOf, pieceOf, type HeadLine, type Line, type Piece } from './lines.js'

/** Where the results of a run are, from its first sitting to its last. */
export interface Journal {
  readonly facts: Facts
  /** Finished work, a line each. */
  readonly lines: readonly Line[]
  /** Whether a piece of work is finished, by success or failure. */
  has(piece: Piece): boolean
  /** The line of a finished piece. */
  get(piece: Piece): Line | undefined
  append(line: Line): Promise<void>
  /** Everything to the disk, and the file closed. */
  close(): Promise<void>
}

/** What a journal's folder holds. */
export interface Journaled {
  readonly facts: Facts
  readonly lines: readonly Line[]
}

const syncEvery = 5000 // milliseconds

/** Path of a folder's journal. */
export function journalPath(folder: string): string {
  return join(folder, 'cells.jsonl')
}

/**
 * Opens the journal `cells.jsonl` of a folder, or starts it. A line is one JSON object, appended by a single write with its newline, after the files that it
 * names: a process that is killed loses at most the line it was writing, which is cut off here. The system is asked to put lines on the disk every 5 s and at
 * the end, so that a loss of power loses no more than that. Throws AGON_BAD_OPTION for a journal of another run, AGON_BAD_FILE for one that is damaged
 * before its last line or a folder that cannot be written.
 */
export async function openJournal(folder: string, facts: Facts, fresh = false): Promise<Journal> {
  const path = journalPath(folder)
  return system(path, async () => {
    await mkdir(folder, { recursive: true })
    if (fresh) await rm(path, { force: true })
    const found = await recovered(path)
    if (found !== undefined) assertSameRun(path, found.facts, facts)
    const file = await open(path, 'a')
    const head: HeadLine = { kind: 'run', format: 'agon-cells-1', facts }
    if (found === undefined) await writeLine(file, head)
    return journalOf(path, file, found?.facts ?? facts, [...(found?.lines ?? [])])
  })
}

/** Reads a folder's journal without opening it for more; a torn last line is left out. Throws AGON_BAD_FILE. */
export async function readJournal(folder: string): Promise<Journaled> {
  const path = journalPath(folder)
  const { head, lines } = parsed(path, whole(await system(path, () => readFile(path))))
  if (head === undefined) throw bad(path, 'a journal of checks', 'no whole line')
  return { facts: head.facts, lines }
}

function journalOf(path: string, file: FileHandle, facts: Facts, lines: Line[]): Journal {
  const byKey = new Map(lines.map((line) => [keyOf(pieceOf(line)), line]))
  let synced = performance.now()
  return {
    facts,
    lines,
    has: (piece) => byKey.has(keyOf(piece)),
    get: (piece) => byKey.get(keyOf(piece)),
    append: (line) =>
      system(path, async () => {
        await writeLine(file, line)
        lines.push(line)
        byKey.set(keyOf(pieceOf(line)), line)
        if (performance.now() - synced < syncEvery) return
        await file.datasync()
        synced = performance.now()
      }),
    close: () =>
      system(path, async () => {
        await file.datasync()
        await file.close()
      })
  }
}

/** One write: what is appended by it stands in the file whole, or torn at the end of it. */
async function writeLine(file: FileHandle, line: HeadLine | Line): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten === bytes.length) return
  throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC', syscall: 'write' })
}

/** The lines of a journal whose torn end has been cut off; undefined where there is none, or not even its head is whole. */
async function recovered(path: string): Promise<Journaled | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (bytes === undefined) return undefined
  const kept = whole(bytes)
  const { head, lines } = parsed(path, kept)
  if (kept.length < bytes.length) await truncate(path, kept.length)
  return head && { facts: head.facts, lines }
}

/** Up to the last newline, and without a last line that is no JSON: a disk that lost power may have its length and not its bytes. */
function whole(bytes: Buffer): Buffer {
  const kept = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
  const last = kept.subarray(kept.subarray(0, -1).lastIndexOf(0x0a) + 1)
  return isJson(last.toString()) ? kept : kept.subarray(0, kept.length - last.length)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function parsed(path: string, bytes: Buffer): { head?: HeadLine; lines: Line[] } {
  const texts = bytes.toString().split('\n').slice(0, -1)
  const objects = texts.map((text, i) => {
    if (isJson(text)) return JSON.parse(text) as { kind?: unknown; format?: unknown }
    throw bad(`${path}, line ${i + 1}`, 'a JSON object', `'${text.slice(0, 40)}'`)
  })
  const [head, ...lines] = objects
  if (head === undefined) return { lines: [] }
  if (head.kind !== 'run' || head.format !== 'agon-cells-1')
    throw bad(path, "a journal of format 'agon-cells-1'", `'${String(head.format ?? head.kind)}'`)
  return { head: head as unknown as HeadLine, lines: lines as Line[] }
}

async function system<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw bad(path, 'a place that can be read and written', code ?? message, error)
  }
}

function bad(what: string, expected: string, found: string, cause?: unknown): AgonError {
  const remedy = 'Name another folder with --out, or start over there with --fresh.'
  return new AgonError('AGON_BAD_FILE', { what, expected, found, remedy, cause })
}
