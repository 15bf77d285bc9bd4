import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from '@agon/testing'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { loadImage, presets, readLabels, readNpy, type Preprocess } from '../src/index.js'

const data = dataFolder()

const sized = (name: string, side: number): Preprocess => {
  const preset = presets.get(name)!
  return { ...preset, resize: { ...preset.resize, width: side, height: side } }
}

describe.skipIf(!data)('real networks recognise what is loaded (needs the test data folder)', () => {
  it.each([
    ['squeezenet1.1-imagenet', sized('caffe', 227)],
    ['mobilenetv2-1.0-224-imagenet', sized('tf', 224)],
    ['tinydarknet-imagenet', sized('unit', 224)]
  ])('%s', { timeout: 120_000 }, async (name, preprocess) => {
    const model = join(data!, 'models', name, 'model.onnx')
    const { names } = (await readLabels(model))!
    expect(names).toHaveLength(1000)
    const session = await InferenceSession.create(model)
    const pictures = (await readdir(join(data!, 'images/imagenet-sample'))).slice(0, 12)
    let right = 0
    for (const file of pictures) {
      const { input } = await loadImage(join(data!, 'images/imagenet-sample', file), preprocess)
      const logits = (await session.run({ input: new Tensor('float32', input.data, input.shape) })).logits!
      const values = logits.data as Float32Array
      // n01440764_tench.JPEG: the file is named after its label
      if (names[values.indexOf(Math.max(...values))]!.toLowerCase().includes(labelIn(file))) right++
    }
    expect(right).toBeGreaterThanOrEqual(8)
  })

  it('quickdraw arrays', async () => {
    const { shape, dtype } = readNpy(await readFile(join(data!, 'datasets/quickdraw-9/cat.npy')))
    expect(dtype).toBe('uint8')
    expect(shape.slice(1)).toEqual([28, 28])
  })
})

function labelIn(file: string): string {
  return file
    .replace(/^n\d+_|\.JPEG$/g, '')
    .replaceAll('_', ' ')
    .toLowerCase()
}
