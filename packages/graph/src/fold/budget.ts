import { isTensor } from '../attributes.js'
import { AgonError, sizeOf, type Constant, type DType, type Model, type Node } from '@agon/core'
import { nodeTitle } from '../errors.js'
import type { ValueType } from '../facts.js'

const bytesPer: Readonly<Record<DType, number>> = { float32: 4, int64: 8, bool: 1 }

/** Bytes that folding may still make; a model file of a few bytes must not make gigabytes. */
export interface Budget {
  spend(node: Node, types: readonly ValueType[]): void
}

/** No value of a model has more elements: tables hold 32-bit indices. */
export const maxElements = 2 ** 31 - 1

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

/** Throws AGON_BAD_MODEL if an output is larger than tables can index. */
export function needIndexable(node: Node, types: readonly ValueType[]): void {
  for (const { shape } of types) {
    const size = sizeOf(shape)
    if (size <= maxElements) continue
    throw new AgonError('AGON_BAD_MODEL', {
      what: `output of ${nodeTitle(node)}`,
      expected: `at most ${maxElements} elements`,
      found: `${size} ([${shape.join(',')}])`
    })
  }
}

function bytesOf(types: readonly (ValueType | Constant)[]): number {
  return types.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * bytesPer[dtype], 0)
}
