import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { embedded, labelCount, loadModel, versions } from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'agon-load-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'model.onnx')
copyFileSync(embedded[0]!.path, path)

const ten = Array.from({ length: 10 }, (_, i) => `kind ${i}`)

describe('loadModel', () => {
  it('reads an embedded model by its name, with its sidecar', async () => {
    const model = await loadModel('fashion-mnist')
    expect(model.labels).toHaveLength(10)
    expect(model.labelsFrom).toMatch(/model\.agon\.json$/)
    expect(model.preprocess).toMatchObject({ channels: 'gray', scale: 255 })
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(labelCount(model)).toBe(10)
  })

  it('reads a bare file without labels and preprocessing', async () => {
    const model = await loadModel(path)
    expect(model).not.toHaveProperty('preprocess')
    expect(model.labels).toBeUndefined()
    expect(model.notes).toEqual([])
  })

  it('takes the labels that lie beside it if they fit, else notes that it did not', async () => {
    const list = join(folder, 'labels.json')
    writeFileSync(list, JSON.stringify(ten))
    expect(await loadModel(path)).toMatchObject({ labels: ten, labelsFrom: list, notes: [] })
    for (const [text, reason] of [
      [JSON.stringify(ten.slice(1)), '9 names for 10 logits'],
      ['{', 'labels.json']
    ] as const) {
      writeFileSync(list, text)
      const { labels, notes } = await loadModel(path)
      expect(labels).toBeUndefined()
      expect(notes).toHaveLength(1)
      expect(notes[0]!.message).toContain(reason)
    }
    rmSync(list)
  })

  it('refuses a sidecar whose labels do not fit', async () => {
    const sidecar = join(folder, 'model.agon.json')
    writeFileSync(sidecar, JSON.stringify({ labels: ten.slice(1) }))
    await expect(loadModel(path)).rejects.toThrow('expected 10, one for each logit, found 9')
    rmSync(sidecar)
  })

  it('names the nearest embedded model', async () => {
    await expect(loadModel('fashion-mnits')).rejects.toThrow("Did you mean 'fashion-mnist'?")
  })
})

describe('versions', () => {
  it('names node and every package', () => {
    const found = versions()
    expect(found.node).toBe(process.versions.node)
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['agon', '@agon/core', '@agon/native', '@agon/onnx']))
    for (const version of Object.values(found)) expect(version).toMatch(/^\d+\.\d+\.\d+/)
  })
})
