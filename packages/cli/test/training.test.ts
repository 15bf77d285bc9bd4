import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadModel, requirementsOf, tryLoadAddon, type NetRecord } from 'agon'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { mnist } from '../../agon/test/mnist.js'
import { netsText } from '../src/output/trained.js'
import { agon, put, temporaryFolder } from './run-cli.js'

const folder = temporaryFolder()
const noEngine = tryLoadAddon().addon === undefined
const slow = { timeout: 300_000 } // seconds of work, on a machine that may have other work
beforeAll(() => void vi.stubEnv('AGON_CACHE', join(folder, 'cache')))
afterAll(() => vi.unstubAllEnvs())

describe('agon fetch', () => {
  it('names the wrong file in one line, with exit code 2, and leaves nothing', async () => {
    const from = join(folder, 'from')
    mkdirSync(from)
    put(from, 'train-images-idx3-ubyte', new Uint8Array(47040016))
    const { code, out, err } = await agon(['fetch', 'mnist', '--from', from])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(
      /^agon: \[AGON_BAD_FILE\] .*train-images-idx3-ubyte: expected SHA-256 ba891046.*, found [0-9a-f]{64}\..*\n$/
    )
    expect(existsSync(join(folder, 'cache'))).toBe(false)
  })

  it('knows its data sets', async () => {
    expect((await agon(['fetch', 'mnits'])).err).toMatch(/data set 'mnits'.*Did you mean 'mnist'/)
  })
})

describe('agon train', () => {
  it('says how to fetch a data set that is not there', async () => {
    const { code, err } = await agon(['train', 'mnist'])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/Fetch it: agon fetch mnist\.\n$/) as string })
  })

  it.each([
    [['--net', 'cn'], /--net.*Did you mean 'cnn'/],
    [['--labels', 'false'], /--labels: expected.*true.*permuted/],
    [['--rate', 'fast'], /--rate: expected a number >= 0, found 'fast'/],
    [['--epochs', '0'], /--epochs: expected a whole number from 1/],
    [['--schedule', 'cosin'], /--schedule.*Did you mean 'cosine'/],
    [['--out', 'net.bin'], /--out: expected a path that ends in .onnx/]
  ])('refuses %j', async (argv, says) => {
    const { code, err } = await agon(['train', 'mnist', ...argv])
    expect(err).toMatch(says)
    expect(code).toBe(2)
  })
})

it.each([
  [['--nets', 'cnn,cnn'], /--nets: expected every name once/],
  [['--nets', 'vgg'], /--nets: expected.*cnn.*mlp/],
  [['--epochs', '0'], /--epochs: expected a whole number from 1/]
])('agon randomize-data refuses %j', async (argv, says) => {
  const { code, err } = await agon(['randomize-data', 'mnist', ...argv])
  expect(err).toMatch(says)
  expect(code).toBe(2)
})

describe.skipIf(noEngine)('agon train on MNIST (needs the native engine)', slow, () => {
  beforeAll(mnist, 300_000)
  const data = join(import.meta.dirname, '../../../node_modules/.cache/agon/data/mnist')
  const argv = ['train', 'mnist', '--data', data, '--examples', '200', '--epochs', '2', '--batch', '50', '--json']

  it('goes on where an interrupt ended it, writes a model that can be explained, and does not fit it twice', async () => {
    const path = join(folder, 'net.onnx')
    const abort = new AbortController()
    const interrupt = (text: string) => void (/epoch 1\/2/.test(text) && abort.abort())
    expect((await agon(argv, { signal: abort.signal, err: interrupt })).code).toBe(130)
    const { code, out, err } = await agon([...argv, '--out', path])
    expect(code).toBe(0)
    expect(err).toMatch(/^cnn, true labels: epoch 2\/2, loss \d\.\d{4}, accuracy [\d.]+ %\n$/)
    const told = JSON.parse(out) as NetRecord & { cached: boolean; file: string }
    expect(told).toMatchObject({ data: 'mnist', net: 'cnn', examples: 200, cached: false, file: path, engine: 'cpu' })
    expect(told.history).toHaveLength(2)
    const model = await loadModel(path)
    expect(model.labels).toEqual([...'0123456789'])
    expect(model.preprocess?.channels).toBe('gray')
    const again = await agon(argv)
    expect(again.err).toBe('')
    const cached = JSON.parse(again.out) as typeof told
    expect(cached).toMatchObject({ cached: true, testAccuracy: told.testAccuracy, fingerprint: told.fingerprint })
    expect(readFileSync(cached.file).equals(readFileSync(path))).toBe(true)
    expect(readdirSync(join(folder, 'cache', 'nets'))).toHaveLength(3)
  })
})

describe.skipIf(noEngine)('agon randomize-data on MNIST (needs the native engine)', slow, () => {
  beforeAll(mnist, 300_000)
  const data = join(import.meta.dirname, '../../../node_modules/.cache/agon/data/mnist')

  it('fits a net to true and to permuted labels, says what they had to reach, and writes both', async () => {
    const out = join(folder, 'nets')
    const argv = ['randomize-data', 'mnist', '--data', data, '--examples', '200', '--nets', 'cnn', '--out', out]
    const { code, out: text, err } = await agon(argv)
    expect({ code, err: err.replace(/^cnn, (true|permuted) labels: epoch .*\n/gm, '') }).toEqual({ code: 0, err: '' })
    expect(text).toMatch(/^ +cnn +permuted +training accuracy +9[5-9]\.\d\d % +at least 95\.0 % +met$/m)
    expect(text).toMatch(/^ +cnn +permuted +test accuracy .* met$/m)
    expect(text).toMatch(/^ +cnn +true +200 +6 /m)
    expect(readdirSync(out).sort()).toEqual(
      ['permuted', 'true'].flatMap((labels) => [`cnn.${labels}.agon.json`, `cnn.${labels}.onnx`])
    )
    expect((await loadModel(join(out, 'cnn.permuted.onnx'))).name).toBe('mnist-cnn-permuted-labels')
  })
})

it('nets are told with what they had to reach', () => {
  const record = {
    net: 'mlp',
    labels: 'permuted',
    examples: 60000,
    testExamples: 10000,
    history: [{ loss: 1, accuracy: 0.4 }],
    trainAccuracy: 0.4,
    testAccuracy: 0.1012,
    seconds: 75
  } as unknown as NetRecord
  const text = netsText([{ ...record, cached: false, requirements: requirementsOf(record, 10), file: 'x.onnx' }])
  expect(text).toMatch(/mlp +permuted +60000 +1 +40.00 % +10.12 % +75 s +x.onnx/)
  expect(text).toMatch(/training accuracy +40.00 % +at least 95.0 % +missed/)
  expect(text).toMatch(/test accuracy +10.12 % +8.6 % to 11.4 % +met/)
})
