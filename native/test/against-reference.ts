import { createRandom, sizeOf, type Engine, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError, type OpCase } from '@agon/testing'

/** Largest errors of an engine on one case, relative to the largest value of the reference engine's result. */
export interface Errors {
  readonly name: string
  readonly forward: number
  readonly vjp: number
}

/** Runs a case on two examples, and the VJP of three dense cotangents each, on an engine and on the reference engine. */
export async function errorsOf(engine: Engine, { name, model, input }: OpCase): Promise<Errors> {
  const [session, oracle] = [await engine.load(model), await createReferenceEngine().load(model)]
  const batch = input(11, 2)
  const [found, expected] = [await session.forward(batch), await oracle.forward(batch)]
  if (found.shape.join() !== expected.shape.join()) throw new Error(`${name}: shape ${found.shape.join()}`)
  const cotangents = normal([3, ...expected.shape])
  const vjps = [await session.vjp(batch, cotangents), await oracle.vjp(batch, cotangents)] as const
  if (vjps[0].shape.join() !== vjps[1].shape.join())
    throw new Error(`${name}: shape ${vjps[0].shape.join()} of the VJP`)
  session.dispose()
  return { name, forward: relativeError(found.data, expected.data), vjp: relativeError(vjps[0].data, vjps[1].data) }
}

function normal(shape: readonly number[]): Tensor {
  const random = createRandom(5)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}
