import { isTensor } from '../attributes.js'
import { AgonError, sizeOf, type Constant, type DType, type Model, type Node } from '@agon/core'
import { nodeTitle } from '../errors.js'
import type { ValueType } from '../facts.js'

const bytesPer: Readonly<Record<DType, number>> = { float32: 4, int64: 8, bool: 1 }

/** What values may still take; a model file of a few bytes must not make gigabytes. */
export interface Budget {
  spend(node: Node, types: readonly ValueType[]): void
}

/** Of a value of one example (1 GiB of float32): tables hold an index for each element, and no file is large because a value is. */
export const maxElements = 2 ** 28

/** Of all values of one example together, which a backward pass keeps: 4 GiB of float32, and for small models much less. */
export const maxElementsTogether = 2 ** 30

/** All folded constants together may take 64 MiB or four times the constants of the file, whichever is more. */
export function foldingBudget(model: Model): Budget {
  const stated = model.nodes.flatMap(({ attributes }) => Object.values(attributes).filter(isTensor))
  const limit = Math.max(64 * 2 ** 20, 4 * bytesOf([...model.constants.values(), ...stated]))
  let spent = 0
  return {
    spend(node, types) {
      spent += bytesOf(types)
      if (spent <= limit) return
      throw new AgonError('AGON_BAD_MODEL', {
        what: `constants folded up to ${nodeTitle(node)}`,
        expected: `at most ${limit} bytes (64 MiB or 4 times the constants of the model)`,
        found: `${spent} bytes`
      })
    }
  }
}

/** Throws AGON_BAD_MODEL if an output is larger than a value may be. */
export function needIndexable(node: Node, types: readonly ValueType[]): void {
  for (const { shape } of types) {
    const size = sizeOf(shape)
    if (size <= maxElements) continue
    throw badOutput(node, `at most ${maxElements} elements`, `${size} ([${shape.join(',')}])`)
  }
}

/**
 * Elements of all values that are not folded, together: 2^26 or 4096 times what the input and the constants hold, whichever
 * is more, and never more than can be held. Throws AGON_BAD_MODEL beyond that.
 */
export function createLiveBudget(given: readonly (ValueType | Constant)[]): Budget {
  const held = given.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const limit = Math.min(maxElementsTogether, Math.max(2 ** 26, 4096 * held))
  let spent = 0
  return {
    spend(node, types) {
      spent += types.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
      if (spent > limit) {
        const expected = `at most ${limit} elements in all values together, by the size of the input and the weights`
        throw badOutput(node, expected, `${spent}`)
      }
    }
  }
}

function badOutput(node: Node, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `output of ${nodeTitle(node)}`, expected, found })
}

function bytesOf(types: readonly (ValueType | Constant)[]): number {
  return types.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * bytesPer[dtype], 0)
}
