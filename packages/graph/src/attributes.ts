import type { Attribute, Constant } from '@agon/core'
import { badNode } from './errors.js'
import type { Operands } from './facts.js'

/** A number attribute that the schema requires or gives a default. */
export function numberOf(operands: Operands, name: string): number {
  return optionalNumber(operands, name) ?? missing(operands, name, 'a number')
}

/** A number attribute, `undefined` if it is absent. */
export function optionalNumber(operands: Operands, name: string): number | undefined {
  const value = operands.attributes[name]
  return value === undefined || typeof value === 'number' ? value : wrong(operands, name, 'a number', value)
}

/** A list of numbers, `undefined` if it is absent. */
export function optionalNumbers(operands: Operands, name: string): readonly number[] | undefined {
  const value = operands.attributes[name]
  if (value === undefined || isNumbers(value)) return value
  return wrong(operands, name, 'a list of numbers', value)
}

/** A text attribute, one of `choices`. */
export function choiceOf<T extends string>(operands: Operands, name: string, choices: readonly T[]): T {
  const value = operands.attributes[name]
  const choice = choices.find((known) => known === value)
  return choice ?? wrong(operands, name, `one of ${choices.join(', ')}`, value)
}

export function isNumbers(value: Attribute): value is readonly number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number')
}

export function isTensor(value: Attribute | undefined): value is Constant {
  return typeof value === 'object' && 'dtype' in value
}

function missing(operands: Operands, name: string, expected: string): never {
  throw badNode(operands.node, `attribute '${name}'`, { expected, found: 'none' })
}

function wrong(operands: Operands, name: string, expected: string, value: Attribute | undefined): never {
  const found = typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? `${value}` : typeof value
  throw badNode(operands.node, `attribute '${name}'`, { expected, found })
}
