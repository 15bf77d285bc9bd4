import { numberOf } from '../attributes.js'
import type { Evaluate } from '../facts.js'
import { input } from '../operands.js'
import { valuesOf } from './elementwise.js'

/** Bits and sign of ONNX's integer types that are narrower than 64 bits. */
const narrow: Readonly<Record<number, readonly [bits: number, signed: boolean]>> = {
  2: [8, false],
  3: [8, true],
  4: [16, false],
  5: [16, true],
  6: [32, true],
  12: [32, false]
}

/** Cast: to bool by "is not zero", to integers by cutting off the fraction and wrapping around, to float as it is. */
export const evaluateCast: Evaluate = (facts) => {
  const values = valuesOf(input(facts, 0))
  const { dtype } = facts.outputs[0]!
  if (dtype === 'bool') return [Uint8Array.from(values, (value) => (value !== 0 ? 1 : 0))]
  if (dtype === 'float32') return [values]
  const type = facts.node.op === 'Cast' ? narrow[numberOf(facts, 'to')] : undefined
  return [Float64Array.from(values, (value) => wrapped(Math.trunc(value) + 0, type))]
}

function wrapped(value: number, type: readonly [number, boolean] | undefined): number {
  if (type === undefined) return value
  const [bits, signed] = type
  const size = 2 ** bits
  const low = ((value % size) + size) % size
  return signed && low >= size / 2 ? low - size : low
}
