import { AgonError, formatShape } from '@agon/core'
import type { Examples } from './examples.js'
import { readIdx } from './read-idx.js'

/** The bytes of an idx file and its name, for errors. */
export interface IdxFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Gray pictures `[N, 1, H, W]` and their labels from two idx files, `[N, H, W]` and `[N]`. Throws AGON_BAD_FILE for files that are no such pair, and for labels
 * that are not below `classes`.
 */
export function examplesFromIdx(images: IdxFile, labels: IdxFile, classes: number): Examples {
  const pictures = readIdx(images.bytes, images.name)
  const answers = readIdx(labels.bytes, labels.name)
  const [count, height, width] = pictures.shape
  if (pictures.shape.length !== 3 || count === 0)
    throw bad(images.name, 'pictures of shape [N,H,W]', formatShape(pictures.shape))
  if (answers.shape.length !== 1 || answers.shape[0] !== count)
    throw bad(labels.name, `labels of shape [${count}], one for each picture`, formatShape(answers.shape))
  const wrong = answers.values.findIndex((label) => label >= classes)
  if (wrong >= 0) throw bad(`${labels.name}, label ${wrong}`, `less than ${classes}`, `${answers.values[wrong]}`)
  return { shape: [count!, 1, height!, width!], values: pictures.values, labels: [...answers.values] }
}

function bad(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_FILE', { what, expected, found })
}
