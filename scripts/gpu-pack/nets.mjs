import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, sizeOf } from '@agon/core'
import { readNpy } from '@agon/images'
import { readOnnx } from '@agon/onnx'
import { tinyModels } from '@agon/testing'

/** The nets of the GPU's goals, as benchmarks/README.md exports them. */
export const large = ['resnet50', 'vgg16', 'mobilenet_v2', 'squeezenet1_1', 'minilm200']

/** Small nets of every kind, with weights of their own; the reference engine answers for them too. */
export function smallNets() {
  return tinyModels().map(({ model, inputShape }, i) => {
    const random = createRandom(i + 1)
    const input = { shape: inputShape, data: Float32Array.from({ length: sizeOf(inputShape) }, () => random.normal()) }
    return { name: model.name, model, input, small: true }
  })
}

/** NAME.onnx and NAME.npy of a folder; undefined where they are not there. */
export async function fileNet(folder, name) {
  const files = [join(folder, `${name}.onnx`), join(folder, `${name}.npy`)]
  if (!files.every((file) => existsSync(file))) return undefined
  const { shape, data } = readNpy(readFileSync(files[1]))
  return { name, model: await readOnnx(readFileSync(files[0])), input: { shape, data }, small: false }
}
