import { createRandom, sizeOf, type Engine, type Session, type Tensor } from '@agon/core'
import type { TinyModel } from '../tiny-models.js'

/** What the parts of the engine suite work on. */
export interface Subject {
  readonly engine: Engine
  readonly oracle: Engine
}

/** Runs `use` with a session that is disposed afterwards. */
export async function withSession<T>(
  engine: Engine,
  model: TinyModel['model'],
  use: (session: Session) => Promise<T>
): Promise<T> {
  const session = await engine.load(model)
  try {
    return await use(session)
  } finally {
    session.dispose()
  }
}

/** Normal values of a shape, from a seed. */
export function randomTensor(shape: readonly number[], seed: number): Tensor {
  const random = createRandom(seed).fork('tensor')
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

/** A batch of N examples for a tiny model. */
export function inputFor({ inputShape }: TinyModel, examples: number, seed = 5): Tensor {
  return randomTensor([examples, ...inputShape.slice(1)], seed)
}

/** 0, 1, ... count - 1 for every example. */
export function allLabels(count: number, examples: number): number[][] {
  return Array.from({ length: examples }, () => Array.from({ length: count }, (_, label) => label))
}

/** The bits of float32 numbers, so that -0 and 0 differ. */
export function bits(data: Float32Array): number[] {
  return [...new Uint32Array(data.slice().buffer)]
}

/** Name and code of what a promise is rejected with, or 'nothing'. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing'
  } catch (error) {
    const { code, name } = error as { code?: unknown; name: string }
    return typeof code === 'string' ? code : name
  }
}
