import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { presets, readLabels, readSidecar } from '../src/index.js'

let folder: string
let model: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agon-images-'))
  model = join(folder, 'model.onnx')
})
afterEach(() => rm(folder, { recursive: true }))

const put = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

describe('readLabels', () => {
  it('has nothing to read', async () => expect(await readLabels(model)).toBeUndefined())

  it.each([
    ['a list', ['cat', ' dog ']],
    ['a list of objects', [{ name: 'cat' }, { wnid: 'n02084071', name: 'dog' }]],
    [
      'a list of numbered objects, in any order',
      [
        { i: 1, name: 'dog' },
        { i: 0, name: 'cat' }
      ]
    ],
    ['an object', { 1: 'dog', 0: 'cat' }],
    ['an object of pairs', { 0: ['n02121808', 'cat'], 1: ['n02084071', 'dog'] }]
  ])('labels.json as %s', async (_, value) => {
    await put('labels.json', value)
    expect(await readLabels(model)).toEqual({ names: ['cat', 'dog'], from: join(folder, 'labels.json') })
  })

  it('labels.txt, then labels.json, then the sidecar', async () => {
    await put('labels.txt', '\ufeffcat, house cat\r\ndog\r\n\r\n')
    expect(await readLabels(model)).toEqual({ names: ['cat, house cat', 'dog'], from: join(folder, 'labels.txt') })
    await put('labels.json', ['a'])
    expect((await readLabels(model))?.names).toEqual(['a'])
    await put('model.agon.json', { labels: ['b'] })
    expect(await readLabels(model)).toEqual({ names: ['b'], from: join(folder, 'model.agon.json') })
  })

  it.each([
    ['labels.json', '["cat",', 'expected JSON'],
    ['labels.json', '"cat"', "a list or an object of names, found 'cat'"],
    ['labels.json', '[]', 'at least one label'],
    ['labels.json', '["cat", 7]', 'entry 1: expected a name, or an object with a `name`, found 7'],
    ['labels.json', '{"0": "cat", "2": "dog"}', "key '2': expected an index in 0 .. 1, found 2"],
    ['labels.json', '{"0": "cat", "x": "dog"}', "key 'x': expected an index in 0 .. 1, found 'x'"],
    ['labels.json', '[{"i": 0, "name": "cat"}, {"i": 0, "name": "dog"}]', 'entry 1: expected index 0 only once'],
    ['labels.json', '[{"i": 0.5, "name": "cat"}]', 'found 0.5'],
    ['labels.txt', 'cat\n\ndog', 'line 2: expected a name']
  ])('%s with %s is refused', async (name, content, message) => {
    await put(name, content)
    await expect(readLabels(model)).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
    await expect(readLabels(model)).rejects.toThrow(message)
  })
})

describe('readSidecar', () => {
  it.each(['model.agon.json', 'model.onnx.agon.json'])('%s', async (name) => {
    await put(name, { labels: ['a', 'b'], preprocess: 'tf', source: 'here', licence: 'MIT', testAccuracy: 0.9 })
    expect(await readSidecar(model)).toEqual({
      path: join(folder, name),
      labels: ['a', 'b'],
      preprocess: presets.get('tf'),
      source: 'here',
      licence: 'MIT',
      testAccuracy: 0.9
    })
  })

  it('is optional, and may say little', async () => {
    expect(await readSidecar(model)).toBeUndefined()
    await put('model.agon.json', {})
    expect(await readSidecar(model)).toEqual({ path: join(folder, 'model.agon.json') })
  })

  it.each([
    [{ lables: [] }, "field 'lables': expected one of name, labels, preprocess, source, licence, testAccuracy"],
    [[], 'expected an object with name, labels'],
    [{ source: 3 }, 'source: expected a text, found 3'],
    [{ testAccuracy: 90 }, 'testAccuracy: expected a number in 0 .. 1, found 90'],
    [
      { preprocess: 'imagenet' },
      "preprocess: expected one of torchvision, tf, caffe, unit, gray-unit, raw, found 'imagenet'"
    ],
    [{ preprocess: { ...presets.get('tf'), mean: 1 } }, 'preprocess, mean: expected 3 numbers, finite, found 1'],
    [{ labels: [''] }, 'labels, entry 0: expected a name']
  ])('%j is refused', async (value, message) => {
    await put('model.agon.json', value)
    await expect(readSidecar(model)).rejects.toMatchObject({ code: 'AGON_BAD_FILE' })
    await expect(readSidecar(model)).rejects.toThrow(message)
  })

  it('two of them are refused', async () => {
    await put('model.agon.json', {})
    await put('model.onnx.agon.json', {})
    await expect(readSidecar(model)).rejects.toThrow(/expected one sidecar.*Remove one of the two/)
  })
})
