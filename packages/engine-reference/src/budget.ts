import { AgonError, defaultMemory, sizeOf, type ValueName } from '@agon/core'
import { passBytes } from './backward.js'
import type { Program } from './program.js'

/**
 * How many labels' gradients fit into the byte budget beside one backward pass: per label the gradient and its product with
 * the input, float32 each. Throws AGON_OUT_OF_BUDGET, with the number of bytes that would do, if not even one does.
 */
export function labelsPerChunk(program: Program, wrt: ValueName, memory = defaultMemory): number {
  const perLabel = 8 * sizeOf(program.model.shapes.get(wrt)!)
  const pass = passBytes(program, wrt)
  const labels = Math.floor((memory - pass) / perLabel)
  if (labels >= 1) return labels
  throw new AgonError('AGON_OUT_OF_BUDGET', {
    what: `memory for one label on model '${program.model.name}'`,
    expected: `at least ${pass + perLabel} bytes`,
    found: `${memory}`,
    remedy: 'Raise `memory`.'
  })
}
