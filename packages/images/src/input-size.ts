import { AgonError, formatShape, type Model, type ValueInfo } from '@agon/core'
import { channelCount, type Preprocess } from './preprocess.js'
import { largestSide } from './resolve-preprocess.js'

/** Pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The size that a network gets its pictures in: the one the preprocessing names, else the one its input declares
 * (`[N,C,H,W]`). Throws AGON_BAD_INPUT where the two contradict each other or neither is known.
 */
export function inputSize(preprocess: Preprocess, model: Pick<Model, 'inputs'> | undefined): Size {
  const input = model && pictureInput(model)
  const [, channels, height, width] = input?.shape ?? []
  const wanted = channelCount(preprocess.channels)
  if (typeof channels === 'number' && channels !== wanted) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `input ${input!.name} ${formatShape(input!.shape)}`,
      expected: `${wanted} channel${wanted === 1 ? '' : 's'} for preprocessing ${preprocess.name ?? preprocess.channels}`,
      found: String(channels),
      remedy: 'Choose a preprocessing with the same channels as the model.'
    })
  }
  return {
    width: side('width', preprocess.resize.width, width, input),
    height: side('height', preprocess.resize.height, height, input)
  }
}

/** The one input `[N,C,H,W]` of a model. */
function pictureInput({ inputs }: Pick<Model, 'inputs'>): ValueInfo {
  const pictures = inputs.filter(({ shape, dtype }) => shape.length === 4 && dtype === 'float32')
  if (pictures.length === 1) return pictures[0]!
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'model',
    expected: 'one input for pictures, float32 [N,C,H,W]',
    found: inputs.map(({ name, shape, dtype }) => `${name} ${dtype} ${formatShape(shape)}`).join(', ') || 'no input'
  })
}

function side(
  name: 'width' | 'height',
  wanted: number | undefined,
  declared: number | string | undefined,
  input: ValueInfo | undefined
): number {
  const known = typeof declared === 'number' && declared >= 1 ? declared : undefined
  if (wanted !== undefined && known !== undefined && wanted !== known) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `${name} of the preprocessing`,
      expected: `${known}, as input ${input!.name} ${formatShape(input!.shape)} declares`,
      found: String(wanted)
    })
  }
  const size = wanted ?? known
  if (size !== undefined && size <= largestSide) return size
  throw new AgonError('AGON_BAD_INPUT', {
    what: `${name} of the network's input`,
    expected: `a size up to ${largestSide} in the preprocessing or in the model`,
    found: size !== undefined ? String(size) : input ? `${input.name} ${formatShape(input.shape)}` : 'none',
    remedy: 'Give `width` and `height` in `resize`.'
  })
}
