import { mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { constantPlugin, listed, refusal, workplace } from './plugins.js'
import { agon, put, reference } from './run-cli.js'

const { folder, enter } = workplace()
const explain = (...rest: string[]) => [
  'explain',
  join(folder, 'model.onnx'),
  join(folder, 'x.npy'),
  ...reference,
  ...rest
]

describe('--plugin', () => {
  it('explains by the method of a TypeScript file, with its options, and records where it came from', async () => {
    const here = enter('typescript')
    put(here, 'package.json', '{ "name": "mine", "version": "1.2.3" }')
    const path = put(here, 'flat.ts', constantPlugin('flat'))
    const argv = explain(
      '--plugin',
      './flat.ts',
      '--method',
      'flat',
      '--option',
      'factor=3',
      '--format',
      'npy,json',
      '--out',
      'maps'
    )
    const { code, err } = await agon(argv)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const record = JSON.parse(readFileSync('maps/x.flat.json', 'utf8')) as Record<string, unknown>
    expect(record.method).toMatchObject({ name: 'flat', plugin: 'flat-plugin', options: { factor: 3 } })
    const from = realpathSync(path)
    expect(record.plugins).toEqual([{ name: 'flat-plugin', version: '1.2.3', from, brings: ['method flat'] }])
    const map = readFileSync('maps/x.flat.npy')
    expect([
      ...new Float32Array(map.buffer.slice(map.byteOffset + map.length - 40, map.byteOffset + map.length))
    ]).toEqual(new Array(10).fill(3))
  })

  it('runs it in competition, below smooth-grad and as the base of a turf', async () => {
    const here = enter('wrapped')
    put(here, 'flat.ts', constantPlugin('flat'))
    const plugin = ['--plugin', './flat.ts']
    const wrapped = explain(
      ...plugin,
      '--method',
      'competitive-flat,smooth-grad',
      '--option',
      'base=flat',
      '--option',
      'samples=2',
      '--option',
      'factor=5',
      '--format',
      'json'
    )
    expect((await agon(wrapped)).code).toBe(0)
    const competed = JSON.parse(readFileSync('agon-out/x.competitive-flat.json', 'utf8')) as {
      method: object
      examples: { keptShare: number }[]
    }
    expect(competed.method).toMatchObject({ competitive: true, plugin: 'flat-plugin', options: { factor: 5 } })
    expect(competed.examples[0]!.keptShare).toBe(0) // all labels' maps are equal, and ties lose
    const smooth = JSON.parse(readFileSync('agon-out/x.smooth-grad.json', 'utf8')) as { method: object }
    expect(smooth.method).toMatchObject({ plugin: null, options: { base: 'flat', samples: 2 } })
    const turf = ['turf', join(folder, 'model.onnx'), join(folder, 'x.npy'), '--base', 'flat', ...plugin, ...reference]
    expect(await agon(turf)).toMatchObject({ code: 0 })
  })

  it('finds a package from the working directory upwards', async () => {
    const module = join(enter('installed'), 'node_modules', 'agon-method-flat')
    mkdirSync(module, { recursive: true })
    put(
      module,
      'package.json',
      '{ "name": "agon-method-flat", "version": "0.4.0", "type": "module", "exports": { "import": "./flat.js" } }'
    )
    const create = `() => ({ name: 'flat', pass: { cotangent: 'one', multiply: 'none' } })`
    put(
      module,
      'flat.js',
      `export default { name: 'flat-package', methods: [{ name: 'flat', competitive: false, create: ${create} }] }`
    )
    enter('installed/below')
    const { methods, plugins } = await listed('--plugin', 'agon-method-flat')
    expect(methods.find(({ name }) => name === 'flat')!.plugin).toBe('flat-package')
    expect(plugins).toMatchObject([{ name: 'flat-package', version: '0.4.0' }])
    const text = (await agon(['methods', '--plugin', 'agon-method-flat'])).out
    expect(text).toMatch(/^flat +- +flat-package/m)
    expect(text).toMatch(/^plugin flat-package 0\.4\.0 \(.*flat\.js\): method flat$/m)
  })

  it('lists engines that a plugin brings, and runs on one', async () => {
    const here = enter('engine')
    put(
      here,
      'engines.mjs',
      `import { createRequire } from 'node:module'
      const session = (model) => ({
        model,
        forward: async (input) => ({ shape: [input.shape[0], 4], data: new Float32Array(4 * input.shape[0]).fill(1) }),
        vjp: async (input, { labels }) => ({ shape: [labels[0].length, ...input.shape], data: new Float32Array(labels[0].length * input.data.length).fill(7) }),
        contest: async () => { throw new TypeError('no contests here') },
        dispose() {}
      })
      export default { name: 'engines', engines: [
        { name: 'sevens', about: 'all sevens', create: () => ({ name: 'sevens', load: async (model) => session(model) }) },
        { name: 'nowhere', create: () => { throw new Error('needs a device that is not there') } }
      ] }`
    )
    const plugin = ['--plugin', './engines.mjs']
    const { out } = await agon(['engines', ...plugin])
    expect(out).toMatch(/^sevens +available +all sevens \(plugin engines\)$/m)
    expect(out).toMatch(/^nowhere +unavailable .*needs a device that is not there/m)
    const run = ['explain', join(folder, 'model.onnx'), join(folder, 'x.npy'), ...plugin, '--engine', 'sevens']
    expect(await agon([...run, '--method', 'gradient', '--format', 'npy'])).toMatchObject({ code: 0 })
    const map = readFileSync('agon-out/x.gradient.npy')
    expect(map.subarray(-4)).toEqual(Buffer.from(new Float32Array([7]).buffer))
    expect(await refusal(...run, '--method', 'cgi')).toMatch(
      /\[AGON_BAD_PLUGIN\] engine 'sevens' of plugin 'engines': found TypeError: no contests here/
    )
    expect(await refusal(...run, '--engine', 'nowhere')).toMatch(
      /\[AGON_BAD_PLUGIN\] engine 'nowhere' of plugin 'engines'.*needs a device/
    )
    expect(await refusal(...run, '--engine', 'seven')).toMatch(
      /\[AGON_BAD_OPTION\] --engine.*sevens.*Did you mean 'sevens'/
    )
  })
})

describe('what is wrong with a plugin is said in one line, with exit code 2', () => {
  const cases: readonly (readonly [what: string, source: string, says: RegExp])[] = [
    ['no default export', 'export const plugin = 1', /default export of \.\/p\.ts: expected a plugin.*found none/],
    ['an array', 'export default [1, 2]', /default export of \.\/p\.ts: expected a plugin.*found an array of 2/],
    ['a function', 'export default () => 1', /default export.*found a function/],
    ['a misspelled field', `export default { name: 'p', method: [] }`, /field 'method'.*Did you mean 'methods'/],
    ['no name', 'export default { methods: [] }', /name of \.\/p\.ts: expected a text, found none/],
    ['nothing in it', `export default { name: 'p', methods: [] }`, /plugin of \.\/p\.ts: expected at least one entry/],
    [
      'entries that are none',
      `export default { name: 'p', methods: {} }`,
      /'methods' of .*expected an array of entries, found an object/
    ],
    [
      'an entry without a name',
      `export default { name: 'p', methods: [{ create() {} }] }`,
      /name of methods\[0\].*found none/
    ],
    [
      'a name with a slash',
      `export default { name: 'p', methods: [{ name: 'a/b', create() {} }] }`,
      /name of methods\[0\].*'a\/b'/
    ],
    [
      'an entry without a body',
      `export default { name: 'p', methods: [{ name: 'm', competitive: false }] }`,
      /'create' of method 'm' of .*expected a function, found none/
    ],
    [
      'an entry that hides whether labels compete',
      `export default { name: 'p', methods: [{ name: 'm', create() {} }] }`,
      /'competitive' of method 'm'/
    ],
    [
      'a similarity without a range',
      `export default { name: 'p', similarities: [{ name: 's', cite: 'x', direction: 'higher', symmetric: true, compare() {} }] }`,
      /'range' of similarity 's'/
    ],
    [
      'a metric in place of its factory',
      `export default { name: 'p', metrics: [{ name: 's', cite: 'x', measure() {} }] }`,
      /'create' of metric 's' of .*expected a function, found none/
    ],
    [
      'a taken name',
      `export default { name: 'p', methods: [{ name: 'cgi', competitive: true, create() {} }] }`,
      /\[AGON_DUPLICATE_NAME\] method 'cgi' of plugin 'p'.*in Agon/
    ],
    [
      'a throw',
      `throw new RangeError('out\\nof luck')\nexport default {}`,
      /plugin '\.\/p\.ts': expected a module that loads, found RangeError: out of luck/
    ],
    ['a syntax error', 'export default {{', /expected a module that loads, found .*(Parse|Syntax)/],
    [
      'a factory that throws',
      `export default { name: 'p', methods: [{ name: 'm', competitive: false, create() { throw new TypeError('oh') } }] }`,
      /method 'm' of plugin 'p': found TypeError: oh/
    ],
    [
      'a factory that makes nothing',
      `export default { name: 'p', methods: [{ name: 'm', competitive: false, create: () => ({ name: 'm' }) }] }`,
      /method 'm' of plugin 'p': expected a 'pass' or an 'attribute' function, found neither/
    ]
  ]

  it.each(cases)('%s', async (what, source, says) => {
    put(enter(what.replaceAll(' ', '-')), 'p.ts', source)
    const err = await refusal('methods', '--plugin', './p.ts')
    expect(err).toMatch(says)
    expect(err).toMatch(/^agon: \[AGON_(BAD_PLUGIN|DUPLICATE_NAME)\] /)
  })

  it('a method that throws while it explains', async () => {
    put(
      enter('throws'),
      'p.ts',
      `export default { name: 'p', methods: [{ name: 'm', competitive: false, create: () => ({ name: 'm', attribute() { throw new TypeError('oh') } }) }] }`
    )
    expect(await refusal(...explain('--plugin', './p.ts', '--method', 'm'))).toMatch(
      /\[AGON_BAD_PLUGIN\] method 'm' of plugin 'p': found TypeError: oh/
    )
  })

  it('metrics, similarities and checks that throw while a run goes on, which are failures of it', async () => {
    const fields = `cite: 'x', direction: 'higher', range: [0, 1]`
    const path = put(
      enter('measures'),
      'p.ts',
      `const oh = () => { throw new TypeError('oh') }
      const metric = { name: 'm', ${fields}, measure: oh }
      const similarities = [{ name: 's', ${fields}, symmetric: true, compare: oh }]
      const criterion = { figure: 's', threshold: 0, passes: 'above' }
      const check = { name: 'c', cite: 'x', draws: 1, criterion, steps: () => [{ name: 'one', layers: [] }], trial: oh }
      const plain = { ...check, name: 'plain', trial: () => ({}) }
      const checks = [check, plain].map((each) => ({ name: each.name, create: () => each }))
      export default { name: 'p', similarities, metrics: [{ name: 'm', create: () => metric }], checks }`
    )
    const inputs = [join(folder, 'model.onnx'), join(folder, 'x.npy'), ...reference, '--methods', 'gradient']
    const { code, err } = await agon(['check', ...inputs, '--plugin', path, '--checks', 'c,plain', '--metrics', 'm'])
    expect(code).toBe(5)
    for (const what of ["metric 'm'", "similarity 's'", "check 'c'"])
      expect(err).toContain(`${what} of plugin 'p': found TypeError: oh, which it threw`)
  })

  it('a module that is not there', async () => {
    enter('nothing')
    expect(await refusal('methods', '--plugin', './none.ts')).toMatch(
      /plugin '\.\/none\.ts': expected a file, found none at/
    )
    expect(await refusal('methods', '--plugin', '.')).toMatch(/plugin '\.': expected a file/)
    expect(await refusal('methods', '--plugin', 'agon-method-none')).toMatch(
      /plugin 'agon-method-none': expected a package that is installed in .*Install it, or/
    )
    expect(await refusal('methods', '--config', 'none.ts')).toMatch(/none\.ts/)
    put('.', 'p.json', '{}')
    expect(await refusal('methods', '--plugin', './p.json')).toMatch(/expected a module \(\.ts .*found \.json/)
  })

  it('two of a name', async () => {
    enter('twice')
    put('.', 'a.ts', constantPlugin('same', 'one'))
    put('.', 'b.ts', constantPlugin('same', 'two'))
    put('.', 'c.ts', constantPlugin('other', 'one'))
    const both = (a: string, b: string) => refusal('methods', '--plugin', a, '--plugin', b)
    expect(await both('./a.ts', './b.ts')).toMatch(/method 'same' of plugin 'two': .*one of that name in plugin 'one'/)
    expect(await both('./a.ts', './c.ts')).toMatch(/\[AGON_DUPLICATE_NAME\] plugin 'one'/)
  })
})
