import { Buffer, constants } from 'node:buffer'
import { AgonError, knownNames, type PerExample, type ValueName } from '@agon/core'
import { valueNames } from '@agon/graph'
import type { Prepared } from './prepared.js'
import type { SpareArrays } from './spare-arrays.js'

/**
 * Id of the value that an option (`wrt`, `at`) names. Throws AGON_UNKNOWN_NAME for a name that the model lacks, and for a value that
 * is not computed from the model's input on the way to its output: a constant, one that was folded away, one that nobody reads.
 */
export function valueId({ original, ids }: Prepared, option: string, name: ValueName): number {
  const id = ids.get(name)
  if (id !== undefined) return id
  const what = `value of option '${option}'`
  if (!original.constants.has(name) && !valueNames(original).includes(name)) {
    throw new AgonError('AGON_UNKNOWN_NAME', { what, ...knownNames(name, valueNames(original)) })
  }
  throw new AgonError('AGON_UNKNOWN_NAME', {
    what,
    expected: "a value that is computed from the model's input and leads to its output",
    found: `'${name}', which is a constant, was folded into one, or is read by nobody`
  })
}

/** Label lists of the same length, already checked, as one array `[N, L]`. */
export function labelArray(labels: PerExample): Int32Array {
  const each = labels[0]?.length ?? 0
  const all = new Int32Array(each * labels.length)
  labels.forEach((list, n) => all.set(list, n * each))
  return all
}

/** Bytes for the addon; 0, the engine's own, where nobody says. Throws AGON_BAD_OPTION unless it is a positive number. */
export function assertMemory(memory: number | undefined): number {
  if (memory === undefined) return 0
  if (Number.isFinite(memory) && memory > 0) return Math.max(1, Math.floor(memory))
  throw new AgonError('AGON_BAD_OPTION', { what: 'memory', expected: 'a positive number of bytes', found: `${memory}` })
}

/**
 * Arrays for results, all of which the core writes: they hold anything, as clearing them takes as long as folding a few labels. Throw
 * AGON_OUT_OF_BUDGET if there is no memory for them.
 */
export function allocate(what: string, size: number, spares?: SpareArrays): Float32Array {
  return new Float32Array(spares?.take(4 * size) ?? memoryFor(what, 4 * size))
}

export function allocateLabels(what: string, size: number, spares?: SpareArrays): Int32Array {
  return new Int32Array(spares?.take(4 * size) ?? memoryFor(what, 4 * size))
}

function memoryFor(what: string, bytes: number): ArrayBuffer {
  try {
    return bytes > constants.MAX_LENGTH ? new ArrayBuffer(bytes) : (Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer)
  } catch (cause) {
    throw new AgonError('AGON_OUT_OF_BUDGET', { what, expected: 'memory', found: `${bytes} bytes wanted`, cause })
  }
}
