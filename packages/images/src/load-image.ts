import { createHash } from 'node:crypto'
import type { Model, Tensor } from '@agon/core'
import { openPicture, type Picture } from './decode.js'
import { inputSize, type Size } from './input-size.js'
import type { Preprocess } from './preprocess.js'
import { readBytes } from './read-bytes.js'
import { resizePlan } from './resize-plan.js'
import { resolvePreprocess } from './resolve-preprocess.js'
import { asSeen, toTensor } from './to-tensor.js'

/** A photograph, ready for a network. */
export interface LoadedImage {
  /** `[1,C,H,W]` */
  readonly input: Tensor
  /** What the network sees, before its numbers are scaled: same width and height as the input. For overlays. */
  readonly picture: Picture
  /** Size of the file's picture after EXIF orientation, pixels. */
  readonly original: Size
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string
}

/**
 * Reads a picture from a path or from a file's bytes and makes a network's input of it. `preprocess` is a preset's name or
 * an object; width and height that it leaves open are those of the model's input. See `openPicture` for orientation,
 * colour, transparency and limits. Throws AGON_BAD_FILE, AGON_BAD_OPTION (preprocess) or AGON_BAD_INPUT (sizes).
 */
export async function loadImage(
  source: string | Uint8Array,
  preprocess: string | Preprocess,
  model?: Pick<Model, 'inputs'>
): Promise<LoadedImage> {
  const recipe = resolvePreprocess(preprocess)
  const target = inputSize(recipe, model)
  const bytes = typeof source === 'string' ? await readBytes(source) : source
  const opened = await openPicture(typeof source === 'string' ? source : 'picture', bytes)
  const picture = asSeen(await opened.read(resizePlan(opened.size, recipe.resize, target)), recipe.channels)
  return {
    input: toTensor(picture, recipe),
    picture,
    original: { width: opened.size.width, height: opened.size.height },
    sha256: createHash('sha256').update(bytes).digest('hex')
  }
}
