import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { command } from '../src/command.js'
import { commandOf } from '../src/machine.js'

let said: { out: string[]; error: string[] }
let folder = ''
beforeEach(() => {
  said = { out: [], error: [] }
  folder = mkdtempSync(join(tmpdir(), 'agon-bench-'))
  vi.spyOn(console, 'log').mockImplementation((text: string) => void said.out.push(text))
  vi.spyOn(console, 'error').mockImplementation((text: string) => void said.error.push(text))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

describe('the command', () => {
  it('lists cases without measuring anything', async () => {
    const out = join(folder, 'results.jsonl')
    expect(await command(['--list', '--only', '/lenet', '--out', out])).toBe(0)
    expect(said.out.join('\n').split('\n')).toEqual([
      'models/lenet',
      'attribution/integrated-gradients/lenet',
      'attribution/smooth-grad/lenet'
    ])
    expect(existsSync(out)).toBe(false)
  })

  it('helps', async () => {
    expect(await command(['--help'])).toBe(0)
    expect(said.out[0]).toMatch(/^usage: npm run bench/)
  })

  it.each([
    [['--fast'], "'--fast'"],
    [['--only', 'no-such-case'], 'no case has no-such-case in its name']
  ])('refuses %j with exit code 2', async (args, text) => {
    expect(await command(args)).toBe(2)
    expect(said.error[0]).toContain(text)
  })

  it('refuses to add to a file of something else before it measures', async () => {
    const out = join(folder, 'letter.txt')
    writeFileSync(out, 'Dear Sir\n')
    await expect(command(['--only', 'ops/Relu: smooth', '--append', '--out', out])).rejects.toThrow(
      'not a line of benchmark'
    )
  })

  it('is written into the results as anybody may type it', () => {
    expect(commandOf({ full: true, only: ['models/', 'Conv: 1x1'], threads: 2 })).toBe(
      "npm run bench -- --full --only models/ --only 'Conv: 1x1' --threads 2"
    )
  })
})
