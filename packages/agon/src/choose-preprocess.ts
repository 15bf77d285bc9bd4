import { AgonError, formatShape, type Model, type Note, type ValueInfo } from '@agon/core'
import { presets, resolvePreprocess, type Preprocess } from '@agon/images'
import type { LoadedModel } from './load-model.js'

/** A preprocessing and whether anybody said so. */
export interface ChosenPreprocess {
  readonly preprocess: Preprocess
  readonly from: 'option' | 'sidecar' | 'assumption'
  readonly assumed: boolean
  readonly notes: readonly Note[]
}

/**
 * How photographs become a model's input: as the caller says, else as the model's sidecar says, else by a stated
 * assumption that goes by the number of channels. Throws AGON_BAD_INPUT where not even that can be assumed.
 */
export function choosePreprocess(
  model: Model | LoadedModel,
  info: ValueInfo,
  given: string | Preprocess | undefined
): ChosenPreprocess {
  if (given !== undefined) {
    return { preprocess: resolvePreprocess(given), from: 'option', assumed: false, notes: [] }
  }
  if ('preprocess' in model && model.preprocess !== undefined) {
    return { preprocess: model.preprocess, from: 'sidecar', assumed: false, notes: [] }
  }
  const name = assumption(info)
  const message = `no preprocessing is known for this model; assuming '${name}' (say --preprocess)`
  return {
    preprocess: presets.get(name)!,
    from: 'assumption',
    assumed: true,
    notes: [{ code: 'preprocess-assumed', message }]
  }
}

function assumption({ name, shape }: ValueInfo): string {
  if (shape.length === 4 && shape[1] === 3) return 'torchvision'
  if (shape.length === 4 && shape[1] === 1) return 'gray-unit'
  throw new AgonError('AGON_BAD_INPUT', {
    what: `input '${name}' ${formatShape(shape)}`,
    expected: 'a picture [N,3,H,W] or [N,1,H,W], or a stated preprocessing',
    found: 'neither',
    remedy: 'Say how pictures become numbers (preprocess, --preprocess), or give the numbers as an .npy file.'
  })
}
