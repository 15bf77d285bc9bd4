import { numberOf, optionalNumber } from '../attributes.js'
import { badNode } from '../errors.js'
import type { Infer, Operands } from '../facts.js'
import { likeFirst } from './elementwise.js'
import { inferAveragePool, inferGlobalPool } from './pooling.js'

/** Throws AGON_BAD_MODEL unless beta > 0 and min < max, all finite. */
export const inferSoftclip: Infer = (operands) => {
  needPositive(operands, 'beta')
  const [min, max] = [optionalNumber(operands, 'min'), optionalNumber(operands, 'max')]
  const bounds = [min, max].filter((bound) => bound !== undefined)
  if (!bounds.every(Number.isFinite) || (min !== undefined && max !== undefined && !(min < max))) {
    throw badNode(operands.node, "attributes 'min' and 'max'", {
      expected: 'finite numbers, min < max',
      found: bounds.join(' and ')
    })
  }
  return likeFirst(operands)
}

export const inferLogSumExpPool: Infer = (operands) => {
  needPositive(operands, 'temperature')
  return inferAveragePool(operands)
}

export const inferGlobalLogSumExpPool: Infer = (operands) => {
  needPositive(operands, 'temperature')
  return inferGlobalPool(operands)
}

function needPositive(operands: Operands, name: string): void {
  const value = numberOf(operands, name)
  if (value > 0 && Number.isFinite(value)) return
  throw badNode(operands.node, `attribute '${name}'`, { expected: 'a finite number > 0', found: `${value}` })
}
