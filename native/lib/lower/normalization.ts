import { sizeOf, type Node } from '@agon/core'
import { normGeometry, numberAttribute } from '@agon/graph'
import { functions, type BinaryFunction } from '../functions.js'
import type { Builder, Lower, LowerTable } from './builder.js'
import { axisMap, fullMap } from './maps.js'
import { unsupported } from './unsupported.js'

/**
 * y = scale (x - mean) / sqrt(variance + epsilon) + shift per channel, with statistics that are constants: one factor and one
 * summand per channel, combined in float64.
 */
const batchNorm: Lower = (node, to) => {
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((input) => constantData(node, to, input))
  const epsilon = numberAttribute(node, 'epsilon')
  const factor = Array.from(scale!, (value, c) => value / Math.sqrt(variance![c]! + epsilon))
  const summand = Array.from(shift!, (value, c) => value - mean![c]! * factor[c]!)
  to.emit('Affine', [to.id(node.inputs[0]!), to.constant(factor), to.constant(summand)], to.id(node.outputs[0]!), {
    tables: [axisMap(to.shape(node.inputs[0]!), 1)]
  })
}

function constantData(node: Node, to: Builder, input: number): ArrayLike<number> {
  const constant = to.constantOf(node.inputs[input])
  if (constant !== undefined) return constant.data
  throw unsupported(
    node,
    `input ${input} ('${node.inputs[input]}')`,
    'a constant',
    "a value that depends on the model's input"
  )
}

/** A scale or a shift, and which of its elements each element of x takes. */
interface Parameter {
  readonly name: string
  readonly map: Int32Array
}

/** Normalises groups of neighbouring elements to mean 0 and variance 1, then scales and shifts. */
function normalization(mapOf: (node: Node, to: Builder, name: string) => Int32Array): Lower {
  return (node, to) => {
    const names = node.inputs.slice(1).filter((name) => name !== '')
    const parameters = names.map((name) => ({ name, map: mapOf(node, to, name) }))
    const fused = names.every((name) => to.constantOf(name) && sizeOf(to.shape(name)) === sizeOf(to.shape(names[0]!)))
    if (fused) emitFused(node, to, parameters)
    else emitInSteps(node, to, parameters)
  }
}

function emitFused(node: Node, to: Builder, parameters: readonly Parameter[]): void {
  const inputs = [to.id(node.inputs[0]!), ...parameters.map(({ name }) => to.id(name))]
  const tables = [parameters[0]?.map ?? new Int32Array()]
  to.emit('Normalize', inputs, to.id(node.outputs[0]!), { ...detailsOf(node, to), tables })
}

/** For a scale or a shift that depends on the input, or whose shapes differ. */
function emitInSteps(node: Node, to: Builder, parameters: readonly Parameter[]): void {
  const size = sizeOf(to.shape(node.inputs[0]!))
  const steps: readonly BinaryFunction[] = ['Mul', 'Add']
  const normalized = to.temporary(size)
  to.emit('Normalize', [to.id(node.inputs[0]!)], normalized, { ...detailsOf(node, to), tables: [new Int32Array()] })
  parameters.reduce((value, { name, map }, j) => {
    const into = j === parameters.length - 1 ? to.id(node.outputs[0]!) : to.temporary(size)
    const details = { ints: [functions.indexOf(steps[j]!)], tables: [new Int32Array(), map] }
    to.emit('Binary', [value, to.id(name)], into, details)
    return into
  }, normalized)
}

function detailsOf(node: Node, to: Builder) {
  const { outer } = normGeometry(node, to.model)
  const extent = sizeOf(to.shape(node.inputs[0]!)) / outer
  return { ints: [outer, extent], numbers: [numberAttribute(node, 'epsilon')] }
}

const channelOf = (node: Node, to: Builder): Int32Array => axisMap(to.shape(node.inputs[0]!), 1)
const trailing = (node: Node, to: Builder, name: string): Int32Array =>
  fullMap(to.shape(name), to.shape(node.inputs[0]!))

const lrn: Lower = (node, to) => {
  const { extent, inner } = normGeometry(node, to.model)
  const [alpha, beta, bias] = ['alpha', 'beta', 'bias'].map((name) => numberAttribute(node, name))
  to.emit('Lrn', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), {
    ints: [extent, inner, numberAttribute(node, 'size')],
    numbers: [alpha!, beta!, bias!]
  })
}

function softmax(kind: 'Softmax' | 'LogSoftmax'): Lower {
  return (node, to) => {
    const { outer, extent, inner } = normGeometry(node, to.model)
    to.emit(kind, [to.id(node.inputs[0]!)], to.id(node.outputs[0]!), { ints: [outer, extent, inner] })
  }
}

export const normalizations: LowerTable = {
  BatchNormalization: batchNorm,
  InstanceNormalization: normalization(channelOf),
  GroupNormalization: normalization(channelOf),
  LayerNormalization: normalization(trailing),
  LRN: lrn,
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax')
}
