import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine } from '@agon/engine-reference'
import { methods } from '@agon/methods'
import { testMethod, type MethodFactory } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = readdirSync(join(root, 'src')).filter((name) => name !== 'index.ts')

for (const { create } of methods) testMethod(create as MethodFactory, { engine: createReferenceEngine() })

describe('the methods', () => {
  it('are registered each, under the name of their file', () => {
    expect([...methods.names].sort()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).sort())
  })

  it.each([...methods])('$name is what its entry says', ({ name, competitive, create }) => {
    const method = create()
    expect(method.name).toBe(name)
    expect(method.cite).toMatch(/arXiv \d{4}\.\d{4,5}$/)
    expect(method.pass === undefined).toBe(competitive)
  })

  it.each([...methods.names])('%s is in the table of the README', (name) => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`| \`${name}\` |`)
  })
})
