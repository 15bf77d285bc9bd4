import { numberOf } from '../attributes.js'
import { normalAxes } from '../axes.js'
import type { Infer, Operands } from '../facts.js'
import { input, optionalIntegers } from '../operands.js'

/** The axes that a Reduce operator reduces, ascending. None given means all, or none at all with noop_with_empty_axes. */
export function reducedAxes(operands: Operands): readonly number[] {
  const rank = input(operands, 0).shape.length
  const given = optionalIntegers(operands, 1) ?? []
  if (given.length > 0) return [...normalAxes(operands, given, rank)].sort((a, b) => a - b)
  return numberOf(operands, 'noop_with_empty_axes') !== 0 ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

export const inferReduction: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const axes = reducedAxes(operands)
  const keeps = numberOf(operands, 'keepdims') !== 0
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  return [{ shape: keeps ? kept : kept.filter((_, axis) => !axes.includes(axis)), dtype }]
}
