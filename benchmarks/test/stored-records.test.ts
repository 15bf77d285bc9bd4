import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addRecord, openRecords, readRecords } from '../src/records.js'
import { model, op, run } from './records.js'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'agon-bench-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('the results file', () => {
  it('is made with its folder, and read back as written', () => {
    const path = join(folder, 'deep', 'er', 'results.jsonl')
    openRecords(path, false)
    for (const record of [run, model, op]) addRecord(path, record)
    expect(readRecords(path)).toEqual([run, model, op])
  })

  it('cannot be made where no folder can be', () => {
    const blocked = join(folder, 'a file')
    writeFileSync(blocked, '')
    expect(() => openRecords(join(blocked, 'in', 'results.jsonl'), false)).toThrow(/ENOTDIR/)
  })

  it('begins anew, or keeps what it has with append', () => {
    const path = join(folder, 'results.jsonl')
    addRecord(path, model)
    openRecords(path, true)
    expect(readRecords(path)).toEqual([model])
    openRecords(path, false)
    expect(readRecords(path)).toEqual([])
  })

  it('lets a later measurement of the same case replace the earlier', () => {
    const path = join(folder, 'results.jsonl')
    const skip = { kind: 'skip', id: model.id, reason: 'no model file' } as const
    for (const record of [skip, op, model]) addRecord(path, record)
    expect(readRecords(path)).toEqual([model, op])
  })

  it('keeps an earlier result of a case that was skipped later, but not of one that failed', () => {
    const path = join(folder, 'results.jsonl')
    const failure = { kind: 'failure', id: op.id, message: 'it broke' } as const
    const skip = { kind: 'skip', id: model.id, reason: 'too late' } as const
    for (const record of [model, op, skip, failure]) addRecord(path, record)
    expect(readRecords(path)).toEqual([model, failure])
  })

  it.each(['not json', '{"id":"x"}', '{"kind":"model"}', '[1]', 'null'])(
    'refuses a line such as %s, saying where',
    (line) => {
      const path = join(folder, 'results.jsonl')
      writeFileSync(path, `${JSON.stringify(op)}\n\n${line}\n`)
      expect(() => readRecords(path)).toThrow(`${path}:3: not a line of benchmark results`)
    }
  )
})
