import { createRandom, sizeOf, type Constant, type Model, type Tensor } from '@agon/core'
import { modelOf } from '@agon/testing'

/** Normal numbers. */
export function normals(shape: readonly number[], seed = 5): Tensor {
  const data = new Float32Array(sizeOf(shape))
  createRandom(seed).fork('normals').normals(data)
  return { shape, data }
}

/** Three dense layers with leaky rectifiers between: every element of every map is alive. `[N, inputs]` -> `[N, labels]`. */
export function leakyNet(labels: number, seed: number, inputs: number): Model {
  return modelOf(
    'leaky',
    [inputs],
    (b) => {
      const dense = (x: string, width: number, outputs: number): string =>
        b.add('Gemm', [x, b.weights([outputs, width], 0.5), b.weights([outputs], 0.3)], { transB: 1 })
      const leaky = (x: string): string => b.add('LeakyRelu', [x], { alpha: 0.3 })
      return dense(leaky(dense(leaky(dense(b.input, inputs, 20)), 20, 16)), 16, labels)
    },
    seed
  )
}

/** The float32 numbers of a constant. */
export function floatsOf(model: Model, name: string): Float32Array {
  const constant = model.constants.get(name) as Constant
  if (constant.dtype !== 'float32') throw new Error(`${name} is ${constant.dtype}`)
  return constant.data
}

/** Names of the constants that are other objects in the second model. */
export function changedIn(before: Model, after: Model): string[] {
  return [...before.constants.keys()].filter((name) => before.constants.get(name) !== after.constants.get(name))
}
