import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOnnxFile, writeOnnxFile } from '../src/node.js'
import { readOnnx } from '../src/read.js'
import { file, node } from './build.js'
import { expectRefused } from './errors.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agon-onnx-'))
  await mkdir(join(folder, 'model', 'below'), { recursive: true })
  const data = new Uint8Array(new Float32Array([9, 9, 1, 2, 3, 4]).buffer)
  for (const name of ['weights.bin', 'model/weights.bin', 'model/below/weights.bin'])
    await writeFile(join(folder, name), data)
  await symlink(join(folder, 'weights.bin'), join(folder, 'model', 'link.bin'))
})
afterAll(() => rm(folder, { recursive: true }))

/** x + w, where w lies outside the file. */
function made(entries: Readonly<Record<string, string>>, dims = [4]): Uint8Array {
  const externalData = Object.entries(entries).map(([key, text]) => ({ key, value: text }))
  const weights = [{ name: 'w', dataType: 1, dims, dataLocation: 1, externalData }]
  return file({ nodes: [node('Add', ['x', 'w'], ['y'])], weights, outputs: { y: ['N', 4] } })
}

async function fromDisk(entries: Readonly<Record<string, string>>, dims?: number[]) {
  const path = join(folder, 'model', 'model.onnx')
  await writeFile(path, made(entries, dims))
  return readOnnxFile(path)
}

describe('weights outside the file', () => {
  it.each(['weights.bin', 'below/weights.bin'])('%s in the folder of the model is read', async (location) => {
    const model = await fromDisk({ location, offset: '8', length: '16' })
    expect([...model.constants.get('w')!.data]).toEqual([1, 2, 3, 4])
  })

  it('the length follows from the extents, the offset is 0, where they are not stated', async () => {
    expect([...(await fromDisk({ location: 'weights.bin' })).constants.get('w')!.data]).toEqual([9, 9, 1, 2])
  })

  it.each([
    '../weights.bin',
    'below/../../weights.bin',
    '/etc/hosts',
    '',
    'a//b',
    'C:\\weights.bin',
    '..\\weights.bin',
    'link.bin'
  ])('the path %j is refused', async (location) => {
    const attempt = fromDisk({ location, offset: '8' })
    await expect(attempt).rejects.toMatchObject({ name: 'AgonError', code: 'AGON_BAD_MODEL' })
    await expect(attempt).rejects.toThrow("within the model's folder")
  })

  it.each<[Record<string, string>, number[], string, string]>([
    [{ location: 'none.bin' }, [4], 'AGON_BAD_FILE', 'none.bin'],
    [{ location: 'below' }, [4], 'AGON_BAD_FILE', 'a folder'],
    [{ location: 'weights.bin', offset: '16' }, [4], 'AGON_BAD_FILE', 'at least 32 bytes'],
    [{ location: 'weights.bin' }, [2 ** 40], 'AGON_BAD_FILE', 'at least 4398046511104 bytes'],
    [{ location: 'weights.bin', length: '12' }, [4], 'AGON_BAD_MODEL', '16 bytes of external data'],
    [{ location: 'weights.bin', offset: '-4' }, [4], 'AGON_BAD_MODEL', "'-4'"],
    [{ location: 'weights.bin', offset: '1e3' }, [4], 'AGON_BAD_MODEL', "'1e3'"]
  ])('%j for %j is refused', async (entries, dims, code, part) => {
    const attempt = fromDisk(entries, dims)
    await expect(attempt).rejects.toMatchObject({ name: 'AgonError', code })
    await expect(attempt).rejects.toThrow(part)
  })

  it('come through the option elsewhere, and are asked for in order of need', async () => {
    const asked: unknown[] = []
    const external = (...range: unknown[]) => {
      asked.push(range)
      return new Uint8Array(16)
    }
    await readOnnx(made({ location: 'w.bin', offset: '32' }), { external })
    expect(asked).toEqual([['w.bin', 32, 16]])
    await expectRefused(made({ location: 'w.bin' }), 'AGON_BAD_FILE', ["weight 'w'", 'readOnnxFile'])
    await expectRefused(made({ location: 'w.bin' }), 'AGON_BAD_FILE', ['16 bytes', 'found 3'], {
      external: () => new Uint8Array(3)
    })
    const failing = () => Promise.reject(new Error('gone'))
    await expectRefused(made({ location: 'w.bin' }), 'AGON_BAD_FILE', ["'w.bin'", 'gone'], { external: failing })
  })

  it('cannot use the same bytes for a thousand tensors', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `w${i}`)
    const weights = names.map((name) => ({
      name,
      dataType: 1,
      dims: [1000],
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'w' }]
    }))
    const bytes = file({ nodes: [node('Sum', ['x', ...names], ['y'])], weights })
    await expectRefused(bytes, 'AGON_BAD_MODEL', ["the same bytes of 'w'"], { external: () => new Uint8Array(4000) })
  })
})

describe('files', () => {
  it('are written and read back', async () => {
    const model = await fromDisk({ location: 'weights.bin' })
    const path = join(folder, 'copy.onnx')
    await writeOnnxFile(path, model)
    expect(await readOnnxFile(path)).toEqual(model)
  })

  it.each(['none.onnx', 'model'])('%s cannot be read', async (name) => {
    await expect(readOnnxFile(join(folder, name))).rejects.toMatchObject({ name: 'AgonError', code: 'AGON_BAD_FILE' })
  })

  it('cannot be written where there is no folder', async () => {
    const model = await fromDisk({ location: 'weights.bin' })
    await expect(writeOnnxFile(join(folder, 'none', 'a.onnx'), model)).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
  })
})
