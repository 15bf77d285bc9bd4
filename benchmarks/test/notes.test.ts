import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notesOf } from '../src/notes.js'
import { writePage } from '../src/report.js'
import { model, op } from './records.js'

describe('hand-written notes', () => {
  it('are kept to the letter', () => {
    const notes = '<!-- notes -->\n\nThe stem of *net* loses 3 ms.\n\n| a |\n<!-- /notes -->'
    expect(notesOf(`# Results\n\n${notes}\n\nmore`)).toBe(notes)
  })

  it('are an empty place on a new page', () => {
    expect(notesOf(undefined)).toBe('<!-- notes -->\n<!-- /notes -->')
  })

  it.each([
    '# no markers',
    '<!-- notes --> never closed',
    'never opened <!-- /notes -->',
    '<!-- notes --> <!-- notes --> <!-- /notes -->',
    '<!-- notes --> <!-- /notes --> <!-- /notes -->'
  ])('are never overwritten: %s', (page) => {
    expect(() => notesOf(page)).toThrow('no single pair')
  })

  it('survive the rewriting of the page, and a page without markers survives it whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agon-bench-'))
    const path = join(folder, 'RESULTS.md')
    writePage(path, [model])
    const written = readFileSync(path, 'utf8')
    writeFileSync(path, written.replace('<!-- notes -->\n', '<!-- notes -->\nBy hand.\n'))
    writePage(path, [op])
    const again = readFileSync(path, 'utf8')
    expect(again).toContain('<!-- notes -->\nBy hand.\n<!-- /notes -->')
    expect(again).toContain('Relu: smooth')
    expect(again).not.toContain('torch a')
    writeFileSync(path, 'mine')
    expect(() => writePage(path, [model])).toThrow('no single pair')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    rmSync(folder, { recursive: true })
  })
})
