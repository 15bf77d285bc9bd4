import type { Attribute } from '@agon/core'
import { awayFrom, far, whole } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'

const shape = [3, 4, 6]

function unary(
  op: string,
  what: string,
  options: CaseOptions,
  attributes: Readonly<Record<string, Attribute>> = {}
): OpCase {
  return opCase(op, what, shape, (b) => b.add(op, [b.input], attributes), options)
}

/** Smooth points away from the kinks, far points, and points on the kinks. */
function activation(
  op: string,
  kinks: readonly number[],
  attributes: Readonly<Record<string, Attribute>> = {}
): readonly OpCase[] {
  const given = Object.entries(attributes)
    .map(([name, value]) => `, ${name} ${String(value)}`)
    .join('')
  return [
    unary(op, `smooth${given}`, { input: awayFrom(...kinks) }, attributes),
    unary(op, `far${given}`, { input: far, smooth: false }, attributes),
    unary(op, `whole numbers${given}`, { input: whole(-3, 3), smooth: false }, attributes)
  ]
}

/** Activation functions. */
export const activationCases: readonly OpCase[] = [
  ...activation('Relu', [0]),
  ...activation('LeakyRelu', [0]),
  ...activation('LeakyRelu', [0], { alpha: 0.3 }),
  ...activation('ThresholdedRelu', [1]),
  ...activation('ThresholdedRelu', [0.5], { alpha: 0.5 }),
  ...activation('Elu', [0]),
  ...activation('Elu', [0], { alpha: 0.7 }),
  ...activation('Selu', [0]),
  ...activation('Selu', [0], { alpha: 1.5, gamma: 1.2 }),
  ...activation('Celu', [0]),
  ...activation('Celu', [0], { alpha: 2 }),
  ...activation('Sigmoid', []),
  ...activation('HardSigmoid', [-2.5, 2.5]),
  ...activation('HardSigmoid', [-1, 1], { alpha: 0.5, beta: 0.5 }),
  ...activation('HardSwish', [-3, 3]),
  ...activation('Tanh', []),
  ...activation('Softplus', []),
  ...activation('Softclip', [], { beta: 2, min: 0 }),
  ...activation('Softclip', [], { beta: 0.5, max: 1 }),
  ...activation('Softclip', [], { beta: 3, min: -1, max: 1.5 }),
  ...activation('Softsign', [0]),
  ...activation('Gelu', []),
  ...activation('Gelu', [], { approximate: 'tanh' }),
  ...activation('Erf', []),
  ...activation('Mish', []),
  opCase('PRelu', 'slope per channel', shape, (b) => b.add('PRelu', [b.input, b.weights([3, 1, 1])]), {
    input: awayFrom(0)
  }),
  opCase('PRelu', 'one slope, whole numbers', shape, (b) => b.add('PRelu', [b.input, b.weights([1])]), {
    input: whole(-2, 2),
    smooth: false
  }),
  opCase('Clip', 'both ends', shape, (b) => b.add('Clip', [b.input, b.floats([], [-1]), b.floats([], [1.25])]), {
    input: awayFrom(-1, 1.25)
  }),
  opCase('Clip', 'at its ends (ReLU6)', shape, (b) => b.add('Clip', [b.input, b.floats([], [0]), b.floats([], [2])]), {
    input: whole(-2, 4),
    smooth: false
  }),
  opCase('Clip', 'only a maximum', shape, (b) => b.add('Clip', [b.input, '', b.floats([], [0.5])]), {
    input: awayFrom(0.5)
  }),
  opCase('Clip', 'only a minimum', shape, (b) => b.add('Clip', [b.input, b.floats([], [0.5])]), {
    input: awayFrom(0.5)
  }),
  unary('Clip', 'without ends', {}),
  unary('Softclip', 'without ends', {}, { beta: 1 }),
  unary('Softclip', 'sharp', { input: awayFrom(0, 2) }, { beta: 500, min: 0, max: 2 }),
  unary('Softclip', 'far and sharp', { input: far, smooth: false }, { beta: 1e4, min: 0 }),
  unary('Softclip', 'far and sharp, both ends', { input: far, smooth: false }, { beta: 1e4, min: 0, max: 6 })
]
