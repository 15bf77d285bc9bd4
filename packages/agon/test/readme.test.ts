import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const rootReadme = join(import.meta.dirname, '../../../README.md')
const ownReadme = join(import.meta.dirname, '../README.md')

/** The first code block of a page that imports from 'agon'. */
function snippetOf(page: string): string | undefined {
  if (!existsSync(page)) return undefined
  const blocks = readFileSync(page, 'utf8').matchAll(/```(?:js|javascript|ts|typescript|mjs)\n([^]*?)```/g)
  return [...blocks].map(([, code]) => code!).find((code) => code.includes("from 'agon'"))
}

/** The root README's snippet, or this package's where that page has none yet. */
const pages = [rootReadme, ownReadme].filter((page) => snippetOf(page) !== undefined)

describe('the snippet of the README', () => {
  const work = mkdtempSync(join(tmpdir(), 'agon-readme-'))
  const start = process.cwd()
  beforeAll(() => process.chdir(work))
  afterAll(() => {
    process.chdir(start)
    rmSync(work, { recursive: true, force: true })
  })

  it('is there', () => expect(pages).toContain(ownReadme))

  it.each(pages)('of %s runs as it stands and writes a PNG', async (page) => {
    const file = join(import.meta.dirname, `snippet-${process.pid}-${pages.indexOf(page)}.mjs`)
    writeFileSync(file, snippetOf(page)!)
    try {
      await import(file)
    } finally {
      rmSync(file)
    }
    const written = readdirSync(work).filter((name) => name.endsWith('.png'))
    expect(written.length).toBeGreaterThan(0)
    for (const name of written) {
      expect(readFileSync(join(work, name)).subarray(1, 4).toString()).toBe('PNG')
      rmSync(join(work, name))
    }
  })
})
