import { basename, parse } from 'node:path'
import { AgonError, example, formatShape, type Model, type Note, type Tensor } from '@agon/core'
import type { MatrixInput } from '@agon/check-runner'
import type { Preprocess } from '@agon/images'
import type { LoadedModel } from '../load-model.js'
import { drawable, photoOf } from '../photo.js'
import { prepareInput, type PreparedInput } from '../prepare-input.js'
import { tensorHash } from './content-hash.js'

/** Inputs of a run, one example each, and what was noted of them. */
export interface CheckInputs {
  readonly inputs: readonly MatrixInput[]
  readonly notes: readonly Note[]
  /** What was done to photographs. */
  readonly preprocess?: Preprocess
}

/**
 * Reads pictures, `.npy` files and tensors into examples. A batch becomes as many, `x[0]`, `x[1]`, ...; a file goes by its name without extension, a tensor by
 * its place. `masks` are as many as the sources, shaped like them but for one channel. Throws what `prepareInput` throws, and AGON_BAD_INPUT for masks that do not fit.
 */
export async function checkInputs(
  model: Model | LoadedModel,
  sources: readonly (string | Tensor)[],
  preprocess: string | Preprocess | undefined,
  masks: readonly Tensor[] | undefined
): Promise<CheckInputs> {
  if (masks !== undefined && masks.length !== sources.length) {
    const [expected, found] = [`${sources.length}, one for each input`, `${masks.length}`]
    throw new AgonError('AGON_BAD_INPUT', { what: 'masks', expected, found })
  }
  const prepared: PreparedInput[] = []
  for (const source of sources)
    prepared.push(await prepareInput(model, source, preprocess === undefined ? {} : { preprocess }))
  const notes = prepared.flatMap((each) => each.notes)
  const stated = prepared.find((each) => each.preprocess)?.preprocess
  return {
    inputs: prepared.flatMap((each, i) => examplesOf(each, nameOf(sources[i]!, i), masks?.[i])),
    notes: notes.filter(({ message }, i) => notes.findIndex((other) => other.message === message) === i),
    ...(stated && { preprocess: stated })
  }
}

function nameOf(source: string | Tensor, at: number): string {
  return typeof source === 'string' ? parse(basename(source)).name : `input-${at + 1}`
}

function examplesOf(prepared: PreparedInput, name: string, mask: Tensor | undefined): MatrixInput[] {
  const { input, sha256 } = prepared
  const count = input.shape[0]!
  if (mask !== undefined) assertMask(name, mask, input)
  return Array.from({ length: count }, (_, n) => {
    const one = example(input, n)
    return {
      name: count === 1 ? name : `${name}[${n}]`,
      sha256: count === 1 && sha256 !== undefined ? sha256 : tensorHash(one),
      input: one,
      ...(drawable(input) && { picture: photoOf(prepared, n) }),
      ...(mask && { mask: example(mask, n) })
    }
  })
}

function assertMask(name: string, mask: Tensor, { shape }: Tensor): void {
  const wanted = [shape[0]!, 1, ...shape.slice(2)]
  if (mask.shape.join() === wanted.join() || mask.shape.join() === shape.join()) return
  const found = formatShape(mask.shape)
  throw new AgonError('AGON_BAD_INPUT', { what: `mask of ${name}`, expected: formatShape(wanted), found })
}
