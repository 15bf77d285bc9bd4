import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cnn, loadModel, netFiles, type NetRecord } from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'agon-nets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const model = { ...cnn({ first: 2, second: 2, dense: 4 }), labels: [...'0123456789'] }
const record = {
  fingerprint: 'abc',
  data: 'mnist',
  net: 'cnn',
  labels: 'true',
  testAccuracy: 0.5,
  history: [{ loss: 0.1 + 0.2, accuracy: 1 }]
}
const net = { model, record: record as unknown as NetRecord }

describe('fitted nets in files', () => {
  it('come back bit for bit, and their checkpoint is gone', async () => {
    const store = netFiles(folder)
    expect(await store.load('abc')).toBeUndefined()
    await store.checkpoint('abc').write(Uint8Array.of(1))
    expect(await store.checkpoint('abc').read()).toEqual(Uint8Array.of(1))
    await store.save(net)
    expect(readdirSync(folder).sort()).toEqual(['abc.agon.json', 'abc.json', 'abc.onnx'])
    expect(await store.checkpoint('abc').read()).toBeUndefined()
    const found = (await store.load('abc'))!
    expect(found.record).toEqual(record)
    expect(found.model.constants).toEqual(model.constants)
    expect(found.model.labels).toEqual(model.labels)
    expect(await store.load('abd')).toBeUndefined()
  })

  it('are models that pictures can be explained with', async () => {
    const loaded = await loadModel(netFiles(folder).pathOf('abc'))
    expect(loaded.preprocess).toMatchObject({ resize: { width: 28, height: 28 }, channels: 'gray', scale: 255 })
    expect(loaded.labels).toEqual(model.labels)
  })

  it('are not there if they are not as they were written', async () => {
    const path = join(folder, 'abc.onnx')
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    expect(await netFiles(folder).load('abc')).toBeUndefined()
    rmSync(path)
    expect(await netFiles(folder).load('abc')).toBeUndefined()
  })
})
