import { AgonError } from '@agon/core'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operatorNames, schemaOf } from '@agon/graph'
import { binaryFunctions, functions, unaryFunctions } from '../lib/functions.js'
import { createCpuEngine, operators, tryLoadAddon } from '../lib/index.js'
import { kinds } from '../lib/kinds.js'
import { candidates, firstOf, loadAddon } from '../lib/loader.js'
import { cpuEngine, instructionSets } from './helpers.js'

function thrown(act: () => unknown): AgonError {
  try {
    act()
  } catch (error) {
    if (error instanceof AgonError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('looking for the addon', () => {
  it('says for a missing path what was tried, why it failed, and what to do', () => {
    const error = thrown(() => createCpuEngine({ addon: '/nowhere/agon.node' }))
    expect(error.code).toBe('AGON_NO_ENGINE')
    expect(error.message).toContain('option addon (/nowhere/agon.node): no such file')
    expect(error.message).toContain('npx agon-native-build')
  })

  it('lists every place in order: prebuilt packages, then the local build', () => {
    const places = candidates(undefined, {}, '/nowhere')
    expect(places.at(-1)).toEqual({ from: 'local build', path: '/nowhere/build/Release/agon.node' })
    const error = thrown(() => loadAddon(firstOf(places)))
    for (const { from } of places) expect(error.message).toContain(from)
    expect(firstOf(places).attempts.map(({ from }) => from)).toEqual(places.map(({ from }) => from))
    expect(error.message).toContain(`@agon/native-${process.platform}-${process.arch}`)
    expect(error.message).toContain('not installed')
  })

  it('takes AGON_NATIVE before all but the option, and nothing in its place', () => {
    expect(candidates(undefined, { AGON_NATIVE: '/a.node' })).toEqual([{ from: 'AGON_NATIVE', path: '/a.node' }])
    expect(candidates('/b.node', { AGON_NATIVE: '/a.node' })).toEqual([{ from: 'option addon', path: '/b.node' }])
  })

  it('gives the reason of a file that is no addon', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'agon-')), 'agon.node')
    writeFileSync(path, 'no addon')
    const { addon, attempts } = tryLoadAddon({ addon: path })
    expect(addon).toBeUndefined()
    expect(attempts).toHaveLength(1)
    expect(attempts[0]!.reason).not.toBe('no such file')
  })

  it('refuses unknown and wrong options', () => {
    expect(thrown(() => createCpuEngine({ thread: 1 } as object)).message).toContain("Did you mean 'threads'?")
    expect(thrown(() => createCpuEngine({ threads: 0.5 })).code).toBe('AGON_BAD_OPTION')
    expect(thrown(() => createCpuEngine({ threads: 0 })).code).toBe('AGON_BAD_OPTION')
  })

  it('says what it runs on', () => {
    const engine = cpuEngine(3)
    expect(engine).toMatchObject({ name: 'cpu', threads: 3 })
    expect(instructionSets).toContain(engine.instructionSet)
    expect(engine.addon).toMatch(/agon\.node$/)
  })
})

describe('lists that the two languages share', () => {
  it('has the functions of the addon, in its order', () => {
    cpuEngine()
    expect(tryLoadAddon().addon!.functions).toEqual(functions)
    expect(functions).toEqual([...unaryFunctions, ...binaryFunctions])
  })

  it('has the kinds of include/agon/program.h, in its order', () => {
    const header = readFileSync(new URL('../include/agon/program.h', import.meta.url), 'utf8')
    const body = /enum class Kind[^{]*\{([^}]*)\}/.exec(header.replace(/\/\/.*$/gm, ''))![1]!
    expect(body.match(/\w+/g)).toEqual([...kinds])
  })

  it('runs only operators that graph knows', () => {
    expect(operators.filter((op) => schemaOf(op) === undefined)).toEqual([])
    expect(operatorNames().length).toBeGreaterThan(operators.length)
  })
})
