import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMethod, tinyMlp } from '@agon/testing'
import type { Plugin } from 'agon'
import { describe, expect, it } from 'vitest'
import { agon, put, temporaryFolder } from './run-cli.js'

const root = join(import.meta.dirname, '..', '..', '..')
const folder = temporaryFolder()
const make = (...rest: string[]) => agon(['new', 'method', ...rest, '--dir', folder])

describe('agon new method', async () => {
  const made = await make('sharp-edges')
  const path = join(folder, 'sharp-edges')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const plugin = ((await import(/* @vite-ignore */ join(path, 'src/sharp-edges.ts'))) as { default: Plugin }).default

  it('writes a package under that name', () => {
    expect(made).toMatchObject({ code: 0, err: '' })
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name).sort()).toEqual(
      ['.gitignore', 'README.md', 'package.json', 'sharp-edges.test.ts', 'sharp-edges.ts', 'tsconfig.json'].sort()
    )
    for (const { parentPath, name } of files) {
      expect(made.out).toContain(name)
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toMatch(/my-?method/i)
    }
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { name: string }
    expect(manifest.name).toBe('agon-method-sharp-edges')
  })

  it('makes a plugin', () => {
    expect(plugin).toMatchObject({
      name: 'agon-method-sharp-edges',
      methods: [{ name: 'sharp-edges', competitive: false }]
    })
  })

  // What the package's own test runs; scripts/pack-check.mjs runs that test itself, on installed packages.
  testMethod(plugin.methods![0]!.create, {
    engine: createReferenceEngine(),
    runner: { describe, it },
    options: { power: 0.5 },
    models: [tinyMlp()]
  })

  it.each(['My', 'my_method', '-x', 'x-', 'a--b', '1st', '', '../x', 'a/b', 'class', 'a'.repeat(101)])(
    'refuses the name %j',
    async (name) => {
      const { code, out, err } = await agon(['new', 'method', '--dir', folder, '--', name])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toMatch(/^agon: \[AGON_BAD_OPTION\] name '.*expected small letters.*\n$/)
    }
  )

  it('refuses a taken name, a folder that exists and a kind that it does not know', async () => {
    expect((await make('cgi')).err).toMatch(/\[AGON_DUPLICATE_NAME\] name 'cgi'/)
    mkdirSync(join(folder, 'there'))
    expect((await make('there')).err).toMatch(
      /\[AGON_BAD_FILE\] folder .*there: expected a new folder.*found one that exists/
    )
    expect(readdirSync(join(folder, 'there'))).toEqual([])
    put(folder, 'file', '')
    expect((await agon(['new', 'method', 'x', '--dir', join(folder, 'file')])).err).toMatch(/\[AGON_BAD_FILE\] folder/)
    expect((await agon(['new', 'methd', 'x', '--dir', folder])).err).toMatch(
      /\[AGON_BAD_OPTION\] what is new.*Did you mean 'method'/
    )
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })
})
