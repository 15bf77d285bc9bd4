import type { Node } from '@agon/core'
import { numberAttribute, textAttribute } from '@agon/graph'
import { functions, type UnaryFunction } from '../functions.js'
import type { Builder, Lower, LowerTable } from './builder.js'
import { unsupported } from './unsupported.js'

/** y[e] = f(x[e]) */
export function emitUnary(
  to: Builder,
  name: UnaryFunction,
  x: number,
  y: number,
  numbers: readonly number[] = []
): void {
  to.emit('Unary', [x], y, { ints: [functions.indexOf(name)], numbers })
}

function plain(name: UnaryFunction, ...attributes: readonly string[]): Lower {
  return (node, to) => {
    const numbers = attributes.map((attribute) => numberAttribute(node, attribute))
    emitUnary(to, name, to.id(node.inputs[0]!), to.id(node.outputs[0]!), numbers)
  }
}

/** Bounds are constants; an absent one is infinite. */
const clip: Lower = (node, to) => {
  const numbers = [bound(node, to, 1, -Infinity), bound(node, to, 2, Infinity)]
  emitUnary(to, 'Clip', to.id(node.inputs[0]!), to.id(node.outputs[0]!), numbers)
}

function bound(node: Node, to: Builder, input: number, absent: number): number {
  const name = node.inputs[input]
  if (!name) return absent
  const constant = to.constantOf(name)
  if (constant?.data.length === 1) return constant.data[0]!
  throw unsupported(node, `input ${input} ('${name}')`, 'one constant number', 'a value that depends on the input')
}

/** An absent bound is infinite. */
const softclip: Lower = (node, to) => {
  const numbers = [
    numberAttribute(node, 'beta'),
    optionalNumber(node, 'min', -Infinity),
    optionalNumber(node, 'max', Infinity)
  ]
  emitUnary(to, 'Softclip', to.id(node.inputs[0]!), to.id(node.outputs[0]!), numbers)
}

function optionalNumber(node: Node, name: string, absent: number): number {
  return node.attributes[name] === undefined ? absent : numberAttribute(node, name)
}

const gelu: Lower = (node, to) => plain(textAttribute(node, 'approximate') === 'tanh' ? 'GeluTanh' : 'Gelu')(node, to)

/** Functions of one input. */
export const unary: LowerTable = {
  Relu: plain('Relu'),
  LeakyRelu: plain('LeakyRelu', 'alpha'),
  Elu: plain('Elu', 'alpha'),
  Selu: plain('Selu', 'alpha', 'gamma'),
  Celu: plain('Celu', 'alpha'),
  ThresholdedRelu: plain('ThresholdedRelu', 'alpha'),
  Clip: clip,
  Sigmoid: plain('Sigmoid'),
  HardSigmoid: plain('HardSigmoid', 'alpha', 'beta'),
  HardSwish: plain('HardSwish'),
  Tanh: plain('Tanh'),
  Softplus: plain('Softplus'),
  Softclip: softclip,
  Softsign: plain('Softsign'),
  Gelu: gelu,
  Erf: plain('Erf'),
  Mish: plain('Mish'),
  Exp: plain('Exp'),
  Log: plain('Log'),
  Sqrt: plain('Sqrt'),
  Reciprocal: plain('Reciprocal'),
  Neg: plain('Neg'),
  Abs: plain('Abs'),
  Sin: plain('Sin'),
  Cos: plain('Cos'),
  Sign: plain('Sign'),
  Floor: plain('Floor'),
  Ceil: plain('Ceil'),
  Round: plain('Round'),
  Not: plain('Not')
}
