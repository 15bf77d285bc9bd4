import { choiceOf } from '../attributes.js'
import { normalAxes, strides } from '../axes.js'
import { badNode } from '../errors.js'
import type { Facts, Infer, Operands } from '../facts.js'
import { input, integers, optionalIntegers, optionalScalar } from '../operands.js'
import { separable } from './separable.js'

export const padModes = ['constant', 'reflect', 'edge', 'wrap'] as const

/** [begin, end] per axis; negative ones crop. */
export function padding(operands: Operands): readonly (readonly [number, number])[] {
  const rank = input(operands, 0).shape.length
  const pads = integers(operands, 1)
  const axes = normalAxes(
    operands,
    optionalIntegers(operands, 3) ?? Array.from({ length: rank }, (_, axis) => axis),
    rank
  )
  if (pads.length !== 2 * axes.length) {
    throw badNode(operands.node, 'pads', { expected: `${2 * axes.length} of them`, found: `${pads.length}` })
  }
  return Array.from({ length: rank }, (_, axis) => {
    const i = axes.indexOf(axis)
    return i < 0 ? [0, 0] : [pads[i]!, pads[i + axes.length]!]
  })
}

export const inferPad: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const mode = choiceOf(operands, 'mode', padModes)
  const pads = padding(operands)
  const extents = shape.map((extent, axis) => extent + pads[axis]![0] + pads[axis]![1])
  const starved = shape.some((extent, axis) => croppedExtent(extent, pads[axis]!) < 1 && extents[axis]! > 0)
  if (extents.every((extent) => extent >= 0) && (mode === 'constant' || !starved)) return [{ shape: extents, dtype }]
  const found = pads.map(([begin, end]) => `${begin}+${end}`).join(' ')
  throw badNode(operands.node, 'pads', { expected: 'pads that leave elements to repeat', found })
}

/** What negative pads leave of an axis. */
function croppedExtent(extent: number, [begin, end]: readonly [number, number]): number {
  return extent + Math.min(0, begin) + Math.min(0, end)
}

/** The value of elements that a gather map marks -1. */
export function padValueOf(operands: Operands): number {
  return operands.node.op === 'Pad' ? (optionalScalar(operands, 2) ?? 0) : 0
}

export function padMap(facts: Facts): Int32Array {
  const { shape } = input(facts, 0)
  const mode = choiceOf(facts, 'mode', padModes)
  const steps = strides(shape)
  return separable(
    padding(facts).map((pads, axis) => {
      const [extent, step] = [croppedExtent(shape[axis]!, pads), steps[axis]!]
      const first = Math.max(0, -pads[0])
      return Int32Array.from({ length: facts.outputs[0]!.shape[axis]! }, (_, o) => {
        const source = sourceAt(mode, o - Math.max(0, pads[0]), extent)
        return source < 0 ? -1 : (source + first) * step
      })
    })
  )
}

/** Which element 0..extent-1 stands at position i of the padded axis, -1 for the pad value. */
function sourceAt(mode: (typeof padModes)[number], i: number, extent: number): number {
  if (i >= 0 && i < extent) return i
  if (mode === 'constant') return -1
  if (mode === 'edge') return i < 0 ? 0 : extent - 1
  if (mode === 'wrap') return modulo(i, extent)
  const period = Math.max(1, 2 * (extent - 1))
  const folded = modulo(i, period)
  return folded < extent ? folded : period - folded
}

function modulo(i: number, n: number): number {
  return ((i % n) + n) % n
}
