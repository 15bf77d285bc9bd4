import { drawable, AgonError, formatShape, type Note } from 'agon'
import type { RunOptions } from '../parse/run-options.js'
import type { ReadInput } from '../run/read-inputs.js'
import { mostDrawn } from './explain-files.js'

/**
 * What of an input is not drawn, and why. Throws AGON_BAD_OPTION if pictures were asked for by name and cannot be drawn.
 */
export function drawNotes({ path, input }: ReadInput, options: RunOptions): Note[] {
  if (!options.formats.includes('png')) return []
  if (drawable(input)) {
    const count = input.shape[0]!
    if (count <= mostDrawn) return []
    return [
      {
        code: 'drawn-in-part',
        message: `${path} has ${count} examples; the first ${mostDrawn} are drawn, all are in the .npy and .json`
      }
    ]
  }
  if (!options.formatsNamed) {
    return [
      { code: 'not-drawn', message: `${path} ${formatShape(input.shape)} is no picture [N,C,H,W]; no .png is written` }
    ]
  }
  throw new AgonError('AGON_BAD_OPTION', {
    what: `--format png for ${path}`,
    expected: 'a picture [N,C,H,W]',
    found: formatShape(input.shape),
    remedy: 'Say --format npy,json.'
  })
}
