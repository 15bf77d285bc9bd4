import { AgonError } from '@agon/core'
import sharp from 'sharp'
import type { Size } from './input-size.js'
import { pictureKind } from './picture-kind.js'
import { maximumPixels, type ResizePlan } from './resize-plan.js'

/** sRGB bytes, row by row from the top, R G B per pixel. */
export interface Picture extends Size {
  readonly rgb: Uint8Array
}

/** A picture whose size is known but which is not decoded yet. */
export interface OpenPicture {
  /** After EXIF orientation, pixels. */
  readonly size: Size
  /** Decodes, resizes and cuts. */
  read(plan: ResizePlan): Promise<Picture>
}

/**
 * Opens a picture file. EXIF orientation is applied; an embedded colour profile and CMYK are converted to sRGB; 16 bits
 * become 8; transparency is laid over white; of an animation the first frame is taken. Resizing is bilinear with the filter
 * widened when shrinking (Pillow's BILINEAR within a few grey levels). Throws AGON_BAD_FILE for files that are no pictures,
 * are truncated or damaged, or declare more than `maximumPixels`.
 */
export async function openPicture(what: string, bytes: Uint8Array): Promise<OpenPicture> {
  const kind = pictureKind(what, bytes)
  const open = () => sharp(bytes, { failOn: 'error', limitInputPixels: maximumPixels })
  const { autoOrient } = await guarded(what, kind, () => sharp(bytes, { limitInputPixels: false }).metadata())
  assertPixels(what, autoOrient)
  const read = async ({ resized, left, top, target }: ResizePlan): Promise<Picture> => {
    const { data, info } = await guarded(what, kind, () =>
      open()
        .autoOrient()
        .flatten({ background: 'white' })
        .toColourspace('srgb')
        .resize(resized.width, resized.height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
        .extract({ left, top, width: target.width, height: target.height })
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
    )
    if (info.channels !== 3 || data.length !== target.width * target.height * 3) {
      throw new AgonError('AGON_BAD_FILE', { what, expected: 'three channels', found: `${info.channels}` })
    }
    return { ...target, rgb: new Uint8Array(data.buffer, data.byteOffset, data.length) }
  }
  return { size: autoOrient, read }
}

function assertPixels(what: string, { width, height }: Size): void {
  if (width * height <= maximumPixels) return
  throw new AgonError('AGON_BAD_FILE', {
    what,
    expected: `at most ${maximumPixels} pixels`,
    found: `${width} x ${height}`,
    remedy: 'Resize the picture first.'
  })
}

/** Runs the decoder; its complaint's first line becomes an AGON_BAD_FILE. */
async function guarded<T>(what: string, kind: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (cause) {
    const complaint = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!
    throw new AgonError('AGON_BAD_FILE', {
      what,
      expected: `a whole ${kind} picture`,
      found: `a decoder error: ${complaint.replace(/[\s:]+$/, '')}`,
      cause
    })
  }
}
