import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, parseReport, writeNpy, writeOnnx, type Report } from 'agon'
import { tinyCnn } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { agon, put, temporaryFolder } from './run-cli.js'

const sources = temporaryFolder()
const net = tinyCnn()
const model = put(sources, 'tiny.onnx', writeOnnx(net.model))
const inputs = ['one', 'two'].map((name) => {
  const data = new Float32Array(net.inputShape.reduce((a, b) => a * b))
  createRandom(0).fork(name).normals(data)
  return put(sources, `${name}.npy`, writeNpy({ shape: net.inputShape, data }))
})
const small = '--draws 2 --steps 2 --metrics deletion --engine reference'.split(' ')

const check = (out: string, ...more: string[]) => agon(['check', model, ...inputs, ...small, '--out', out, ...more])
const reportIn = (out: string): Report => parseReport(readFileSync(join(out, 'report.json'), 'utf8'))
const timeless = ({ run, ...rest }: Report): unknown => ({
  ...rest,
  run: { ...run, date: '', seconds: 0, command: '' }
})

const whole = join(temporaryFolder(), 'whole')
const ran = check(whole)

describe('agon check', () => {
  it('says what there is to do and how long it takes, then verdicts and scores, and writes a report', async () => {
    const { code, out, err } = await ran
    expect(code).toBe(0)
    expect(err).toMatch(/^agon: 2 inputs, 2 methods and 4 controls: 12 maps, 12 scores, 72 cells in 6 trials\n/)
    expect(err).toMatch(/agon: about [\d.]+ s left, about \d+ MiB/)
    expect(out).toMatch(/^cascading +cgi +spearman\(abs\) +[-\d.]+ +[-\d.]+ +below 0.5 +\w/m)
    expect(out).toMatch(/^random-map +[\d.]+$/m)
    expect(out).toContain(join(whole, 'report.html'))
    expect(existsSync(join(whole, 'report.html'))).toBe(true)
    const report = reportIn(whole)
    expect([report.cells.length, report.maps.length, report.scores.length, report.turfs.length]).toEqual([
      72, 12, 12, 2
    ])
    expect(report.run.unfinished).toEqual([])
    expect(report.run.command).toMatch(/^agon check .*tiny.onnx .* --draws 2 --steps 2/)
    expect(JSON.stringify({ ...report, run: { ...report.run, command: '' } })).not.toContain(whole)
  })

  it('does not compute anything twice, and refuses another run in the same folder', async () => {
    await ran
    const before = readFileSync(join(whole, 'cells.jsonl'), 'utf8')
    const again = await check(whole)
    expect(again.code).toBe(0)
    expect(again.err).toContain('100 of 100 pieces of work are there already')
    expect(readFileSync(join(whole, 'cells.jsonl'), 'utf8')).toBe(before)
    const other = await check(whole, '--seed', '1')
    expect(other.code).toBe(2)
    expect(other.err).toMatch(/started there \(seed 0\), found another one \(seed 1\)\..*--fresh/)
  })

  it('ends with 4 when its time is up, and the same command goes on', async () => {
    const out = join(temporaryFolder(), 'timed')
    const stopped = await check(out, '--time', '0.01s')
    expect(stopped.code).toBe(4)
    expect(stopped.err).toMatch(/time is up: \d+ pieces of work are left; the same command goes on\n$/)
    expect(reportIn(out).run.unfinished.join(' ')).toMatch(/are left/)
    expect((await check(out)).code).toBe(0)
    await ran
    expect(timeless(reportIn(out))).toEqual(timeless(reportIn(whole)))
  })

  it('ends with 130 when it is interrupted, and says that what was done stays', async () => {
    const stop = new AbortController()
    const signal = stop.signal
    const argv = ['check', model, ...inputs, ...small, '--out', join(temporaryFolder(), 'cut')]
    let said = ''
    const err = (text: string): void => {
      said += text
      if (text.includes('left, about')) stop.abort()
    }

    const { code } = await agon(argv, { signal, err })
    expect(code).toBe(130)
    expect(said).toMatch(
      /agon: \d+ of 100 pieces of work are done; the same command goes on there\nagon: interrupted\n$/
    )
  })

  it('ends with 3 where a condition is met, and with 0 where none is', async () => {
    await ran
    const met = await check(
      whole,
      '--fail-on',
      'gradient-times-input: cascading spearman(abs) > -1',
      '--fail-on',
      'cgi: deletion > 1'
    )
    expect(met.code).toBe(3)
    expect(met.out).toMatch(/^met: gradient-times-input: cascading .*\nnot met: cgi: deletion > 1/m)
    expect(met.err).toMatch(/agon: condition met: gradient-times-input: cascading spearman\(abs\) > -1\n$/)
    expect((await check(whole, '--fail-on', 'cgi: deletion > 1')).code).toBe(0)
  })

  it.each([
    [['--fail-on', 'cgo: deletion > 1'], /'cgo' in --fail-on .*Did you mean 'cgi'/],
    [['--fail-on', 'cgi: cascading spearmann > 1'], /Did you mean 'cascading spearman'/],
    [['--fail-on', 'cgi'], /METHOD: CHECK FIGURE/],
    [['--checks', 'cascadin'], /check 'cascadin'.*Did you mean 'cascading'/],
    [['--metrics', 'deletions'], /Did you mean 'deletion'/],
    [['--similarities', 'spearman(ab)'], /Did you mean 'abs'/],
    [['--methods', 'cgi,cgi'], /'cgi' twice/],
    [['--time', '10x'], /--time: expected a time such as 90s/],
    [['--option', 'initialisr=xavier'], /Did you mean 'initialiser'/],
    [['--checks', 'data-randomization'], /trained on permuted labels/],
    [['--permuted-model', 'none.onnx'], /none\.onnx/]
  ])('refuses %j before it runs', async (more, said) => {
    const out = join(temporaryFolder(), 'refused')
    const { code, err } = await check(out, ...more)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(said) as unknown })
    expect(existsSync(join(out, 'report.json'))).toBe(false)
  })

  it('gives options to whoever knows them, or to the one that is named', async () => {
    const out = join(temporaryFolder(), 'options')
    const options = ['initialiser=xavier', 'cascading.draws=1', 'cgi.ties=keep'].flatMap((option) => [
      '--option',
      option
    ])
    const { code, out: said } = await check(
      out,
      '--checks',
      'cascading,independent',
      '--metrics',
      'none',
      '--json',
      ...options
    )
    expect(code).toBe(0)
    const { checks, methods } = reportIn(out)
    expect(checks.map(({ name, draws, options }) => [name, draws, options!.initialiser])).toEqual([
      ['cascading', 1, 'xavier'],
      ['independent', 2, 'xavier']
    ])
    expect(methods.find(({ name }) => name === 'cgi')!.options).toMatchObject({ ties: 'keep' })
    expect(JSON.parse(said)).toMatchObject({ format: 'agon-check/1', state: 'done', left: 0, failures: 0 })
  })

  it('goes on where a method fails, says so and ends with 5', async () => {
    const folder = temporaryFolder()
    const plugin = put(
      folder,
      'plugin.mjs',
      `export default { name: 'failing', methods: [{ name: 'fails', competitive: false, create: () => ({
        name: 'fails', attribute: async () => { throw new Error('not this model') } }) }] }`
    )
    const out = join(folder, 'out')
    const { code, err } = await check(
      out,
      '--plugin',
      plugin,
      '--methods',
      'gradient-times-input,fails',
      '--checks',
      'random-logit'
    )
    expect(code).toBe(5)
    expect(err).toMatch(/agon: note: failed: map of one by fails.*not this model/)
    expect(err).toMatch(/2 pieces of work failed/)
    expect(reportIn(out).run.unfinished.join(' ')).toContain('not this model')
    expect(reportIn(out).run.versions).toMatchObject({ failing: 'unknown' })
  })
})

describe('agon diff', () => {
  it('tells what differs between two reports', async () => {
    await ran
    const same = await agon(['diff', join(whole, 'report.json'), join(whole, 'report.json')])
    expect(same.code).toBe(0)
    const { verdicts, ...rest } = reportIn(whole)
    const changed = { ...rest, verdicts: verdicts.map((verdict) => ({ ...verdict, outcome: 'passes' as const })) }
    const other = put(temporaryFolder(), 'report.json', JSON.stringify(changed))
    const { out } = await agon(['diff', join(whole, 'report.json'), other])
    expect(out).toMatch(/Verdicts that changed\n.*gradient-times-input.*fails -> passes/s)
    const missing = await agon(['diff', join(whole, 'report.json'), 'none.json'])
    expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/none\.json.*ENOENT/) as unknown })
  })
})
