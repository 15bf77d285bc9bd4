import { listEngines, methods } from 'agon'
import { describe, expect, it } from 'vitest'
import { agon } from './run-cli.js'

const commands = [
  'explain',
  'turf',
  'inspect',
  'check',
  'diff',
  'smooth',
  'fetch',
  'train',
  'randomize-data',
  'methods',
  'engines'
]

describe('help', () => {
  it.each([[[]], [['--help']]])('of agon %j lists every command', async (argv) => {
    const { code, out, err } = await agon(argv)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const command of commands) expect(out).toContain(`\n  ${command} `)
    expect(out).toContain('Examples:')
  })

  it.each(commands)('of agon %s names its options', async (command) => {
    const { code, out, err } = await agon([command, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^Usage: agon ${command}`))
    expect(out).toContain('--json')
  })

  it('prints the version', async () => {
    expect(await agon(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' })
  })
})

describe('agon methods and agon engines', () => {
  it('list every method with its source', async () => {
    const { out } = await agon(['methods', '--json'])
    const listed = (JSON.parse(out) as { methods: { name: string; cite: string; options: object }[] }).methods
    const integrated = listed.find(({ name }) => name === 'integrated-gradients')!
    expect(integrated.options).toMatchObject({ steps: 50, quadrature: 'gauss-legendre', baseline: null })
    expect(listed.map(({ name }) => name)).toEqual(methods.names)
    for (const { cite } of listed) expect(cite).toMatch(/\d{4}/)
    const text = (await agon(['methods'])).out
    for (const name of methods.names) expect(text).toContain(name)
    expect(text).toMatch(/^cgi .* name=cgi$/m)
    expect(text).toMatch(/^integrated-gradients .* steps=50 quadrature=gauss-legendre baseline= multiplier=global$/m)
  })

  it('list every engine, and why one is not available', async () => {
    const { out } = await agon(['engines', '--json'])
    expect((JSON.parse(out) as { engines: unknown }).engines).toEqual(
      listEngines().map((status) => ({ ...status, plugin: null }))
    )
    const text = (await agon(['engines'])).out
    expect(text).toMatch(/^reference +available/m)
    for (const { available, attempts } of listEngines()) {
      if (!available) for (const attempt of attempts) expect(text).toContain(attempt)
    }
  })
})
