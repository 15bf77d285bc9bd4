import { cpus, release, totalmem, type } from 'node:os'
import { AgonError } from '@agon/core'
import { createCpuEngine } from '@agon/native'
import type { Options } from './options.js'
import type { RunRecord } from './records.js'

/** Where and when this run is made; one record per command, so that results of several commands can stand in one file. */
export function runRecord(options: Options, date: Date): RunRecord {
  const command = commandOf(options)
  return {
    kind: 'run',
    id: `run/${command}`,
    date: date.toISOString().slice(0, 10),
    command,
    threads: options.threads,
    full: options.full,
    machine: {
      processor: `${cpus()[0]?.model.trim() || 'unknown'}, ${cpus().length} cores`,
      'instruction set': instructionSet(),
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      system: `${type()} ${release()}, ${process.arch}`,
      node: process.version
    }
  }
}

/** The command as anybody may type it: where the results file lies is nobody's business. */
export function commandOf({ full, only, threads }: Pick<Options, 'full' | 'only' | 'threads'>): string {
  const flags = [
    ...(full ? ['--full'] : []),
    ...only.flatMap((text) => ['--only', quoted(text)]),
    '--threads',
    `${threads}`
  ]
  return `npm run bench -- ${flags.join(' ')}`
}

function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text}'`
}

function instructionSet(): string {
  try {
    return createCpuEngine({ threads: 1 }).instructionSet
  } catch (error) {
    if (error instanceof AgonError && error.code === 'AGON_NO_ENGINE') return 'none: the native addon did not load'
    throw error
  }
}
