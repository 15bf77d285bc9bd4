import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as methods from '@agon/methods'
import { createAgon } from 'agon'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const sources = join(root, 'packages', 'methods', 'src')
const pages = join(root, 'docs', 'methods')
const agon = createAgon()

/** Every `.ts` right in packages/methods/src is a method of that name; what methods share lies in folders. */
const files = readdirSync(sources, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'index.ts')
  .map((entry) => entry.name.replace(/\.ts$/, ''))

/** `grad-cam-plus-plus` of files is registered as `grad-cam++`. */
const named = (file: string): string => file.replace(/-plus-plus$/, '++')
const exported = (file: string): string => file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

const tests = ['packages/methods/test', 'packages/agon/test', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
)

/** Rows of the table of docs/methods/README.md, by the method of their first cell. */
const columns = ['method', 'what it is', 'source', 'passes for one label', 'in competition', 'page'] as const
const lines = readFileSync(join(pages, 'README.md'), 'utf8').split('\n')
const rows = new Map(
  lines
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
      return [cells[0]!.replaceAll('`', ''), Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))]
    })
)

describe('docs/methods/README.md', () => {
  it('has the columns that this test reads', () => {
    expect(lines).toContain(`| ${columns.join(' | ')} |`)
  })

  it('lists registered methods only', () => {
    expect(
      [...rows.keys()].filter((name) => !methods.methods.has(name)),
      'rows of methods that are not registered'
    ).toEqual([])
  })
})

describe('the registry', () => {
  it('holds methods that have a file of their own', () => {
    const without = methods.methods.names.filter((name) => !files.some((file) => named(file) === name))
    expect(without, 'registered names without a file packages/methods/src/<name>.ts').toEqual([])
  })
})

describe.each(files)('%s', (file) => {
  const name = named(file)
  const row = rows.get(name)

  it('is exported', () => {
    const found = (methods as Record<string, unknown>)[exported(file)]
    expect(
      typeof found,
      `packages/methods/src/index.ts does not export '${exported(file)}' of ${file}.ts; what is no method belongs into a folder`
    ).toBe('function')
  })

  it('is registered', () => {
    expect(methods.methods.has(name), `packages/methods/src/index.ts does not register '${name}'`).toBe(true)
    const { create } = methods.methods.get(name)
    expect(create().name, `the method registered as '${name}' calls itself otherwise`).toBe(name)
    expect(create, `'${name}' is not made by ${exported(file)}`).toBe(
      (methods as Record<string, unknown>)[exported(file)]
    )
  })

  it('is cited', () => {
    expect(methods.methods.get(name).create().cite ?? '', `'${name}' has no source with a year`).toMatch(
      /\b(19|20)\d\d\b/
    )
  })

  it('refuses a misspelled option, naming the nearest', () => {
    const { create } = methods.methods.get(name)
    const [option] = Object.keys(create().options ?? {}).filter((each) => each.length > 3)
    const wrong = option === undefined ? 'nothing' : `${option.slice(0, 2)}${option.slice(3)}`
    const says = option === undefined ? 'expected one of (none)' : `Did you mean '${option}'?`
    expect(() => create({ [wrong]: 1 })).toThrow(says)
  })

  it('is documented', () => {
    const page = join(pages, `${file}.md`)
    expect(existsSync(page), `docs/methods/${file}.md is missing`).toBe(true)
    expect(
      readFileSync(page, 'utf8').startsWith(`# ${name}\n`),
      `docs/methods/${file}.md does not begin with '# ${name}'`
    ).toBe(true)
  })

  it('is tested', () => {
    const word = new RegExp(`\\b${exported(file)}\\b|'${name.replaceAll('+', '\\+')}'`)
    expect(
      tests.some((text) => word.test(text)),
      `no test in packages/methods/test, packages/agon/test or test names ${exported(file)} or '${name}'`
    ).toBe(true)
  })

  it('is listed in docs/methods/README.md', () => {
    expect(row, `the table of docs/methods/README.md has no row that begins with '| \`${name}\` |'`).toBeDefined()
    for (const column of columns) expect(row![column], `row '${name}': nothing under '${column}'`).not.toBe('')
    expect(row!.page, `row '${name}': the page`).toBe(`[${name}](${file}.md)`)
    const cite = methods.methods.get(name).create().cite ?? ''
    const id = /arXiv (\S+)|doi (\S+)/.exec(cite)?.[0] ?? /\b(19|20)\d\d\b/.exec(cite)?.[0]
    expect(row!.source, `row '${name}': the source is '${cite}'`).toContain(id)
    const rival = row!['in competition']!.replaceAll('`', '')
    const competes = methods.methods.get(name).competitive
    if (competes) expect(rival, `row '${name}': labels compete in it`).toBe('itself')
    else expect(agon.method(rival).competitive, `row '${name}': '${rival}' is a competition`).toBe(true)
  })
})
