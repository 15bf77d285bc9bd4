import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AgonError } from 'agon'
import { describe, expect, it } from 'vitest'
import { writeFiles } from '../src/output/write-files.js'
import { put, temporaryFolder } from './run-cli.js'

const never = new AbortController().signal

describe('writing files', () => {
  it('writes all of them, makes their folders, and leaves nothing else', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder')
    await writeFiles(
      [
        { path: join(folder, 'a.json'), data: '{}' },
        { path: join(folder, 'b.npy'), data: Uint8Array.of(1, 2) }
      ],
      never
    )
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.npy'])
    expect([...readFileSync(join(folder, 'b.npy'))]).toEqual([1, 2])
  })

  it('leaves nothing, not even temporary files, when one of them cannot be written', async () => {
    const folder = temporaryFolder()
    put(folder, 'file', 'in the way')
    const files = [
      { path: join(folder, 'a.json'), data: '{}' },
      { path: join(folder, 'file', 'b.json'), data: '{}' }
    ]
    const failure = await writeFiles(files, never).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AgonError)
    expect((failure as AgonError).code).toBe('AGON_BAD_FILE')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('leaves nothing when a folder is in the place of one of them, and names that place', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'b.json'))
    const files = ['a.json', 'b.json'].map((name) => ({ path: join(folder, name), data: '{}' }))
    const failure = writeFiles(files, never)
    await expect(failure).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
    await expect(failure).rejects.toThrow(/b\.json: expected a place that can be written, found a folder/)
    expect(readdirSync(folder)).toEqual(['b.json'])
  })

  it.skipIf(!existsSync('/proc/self'))('returns where no folder can be made', async () => {
    const failure = writeFiles([{ path: '/proc/agon/a.json', data: '{}' }], never)
    await expect(failure).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
  })

  it('leaves nothing when it is aborted, and keeps the old file', async () => {
    const folder = temporaryFolder()
    put(folder, 'a.json', 'old')
    const files = [{ path: join(folder, 'a.json'), data: 'new' }]
    await expect(writeFiles(files, AbortSignal.abort())).rejects.toThrow()
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('old')
    expect(existsSync(join(folder, `a.json.${process.pid}.tmp`))).toBe(false)
  })
})
