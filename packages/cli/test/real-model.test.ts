import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import { agon, temporaryFolder } from './run-cli.js'

const data = dataFolder()

describe.skipIf(!data)('agon explain on an ImageNet classifier (needs the test data folder)', () => {
  it('finds the goldfish, by the labels beside the model', async () => {
    const model = join(data!, 'models/squeezenet1.1-imagenet/model.onnx')
    const photo = join(data!, 'images/imagenet-sample/n01443537_goldfish.JPEG')
    const out = temporaryFolder()
    const { code } = await agon(['explain', model, photo, '--preprocess', 'caffe', '--labels', 'top:3', '--out', out])
    expect(code).toBe(0)
    const file = join(out, 'n01443537_goldfish.cgi.json')
    const { examples, shape, competed, model: found } = JSON.parse(readFileSync(file, 'utf8')) as ExplanationRecord
    expect(examples[0]!.target).toMatchObject({ index: 1, name: 'goldfish, Carassius auratus' })
    expect(shape).toEqual([1, 1, 227, 227])
    expect(competed).toMatchObject({ complete: false, count: 3 })
    expect(found.labels).toMatch(/labels\.json$/)
  }, 300_000)
})
