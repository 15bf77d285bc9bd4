import { drawable, AgonError, formatShape, type Note, type Tensor } from 'agon'
import type { RunOptions } from '../parse/run-options.js'
import type { Explained } from '../run/explained.js'
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
  return notDrawn(path, input, options)
}

/** The same of a map, whose shape may be another than its input's: that of a value inside the model. */
export function mapNotes(
  { input }: ReadInput,
  { method, explanation }: Pick<Explained, 'method' | 'explanation'>,
  options: RunOptions
): Note[] {
  const wanted = options.formats.includes('png') && drawable(input)
  if (!wanted || drawable(explanation.attribution)) return []
  return notDrawn(`the map of ${method.name}`, explanation.attribution, options)
}

function notDrawn(what: string, { shape }: Tensor, { formatsNamed }: RunOptions): Note[] {
  if (!formatsNamed) {
    return [{ code: 'not-drawn', message: `${what} ${formatShape(shape)} is no picture [N,C,H,W]; no .png is written` }]
  }
  throw new AgonError('AGON_BAD_OPTION', {
    what: `--format png for ${what}`,
    expected: 'a picture [N,C,H,W]',
    found: formatShape(shape),
    remedy: 'Say --format npy,json.'
  })
}
