import type { Engine, Model, Session, Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { createCpuEngine } from '@agon/native'

export const engines: readonly (readonly [string, () => Engine])[] = [
  ['reference', createReferenceEngine],
  ['cpu', () => createCpuEngine({ threads: 2 })]
]

/** What a model gives at an input: logits, and the gradients of all labels. */
export async function logitsAndMaps(engine: Engine, model: Model, input: Tensor) {
  const session: Session = await engine.load(model)
  const logits = await session.forward(input)
  const labels = Array.from({ length: logits.data.length / input.shape[0]! }, (_, label) => label)
  const maps = await session.vjp(input, { labels: Array.from({ length: input.shape[0]! }, () => labels) })
  session.dispose()
  return { logits: logits.data, maps: maps.data }
}

/** Largest difference, relative to the largest of what is expected. */
export function gap(found: Float32Array, expected: Float32Array): number {
  let [most, worst] = [0, 0]
  expected.forEach((value, i) => {
    most = Math.max(most, Math.abs(value))
    worst = Math.max(worst, Math.abs(value - found[i]!))
  })
  return worst / most
}
