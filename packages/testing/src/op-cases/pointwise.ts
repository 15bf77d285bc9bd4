import { awayFrom, between, whole, wholeAndHalf } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'

const shape = [2, 5, 4]

function unary(op: string, what: string, options: CaseOptions = {}): OpCase {
  return opCase(op, what, shape, (b) => b.add(op, [b.input]), options)
}

const halves = Array.from({ length: 41 }, (_, i) => (i - 20) / 2)
const wholes = halves.filter(Number.isInteger)

/** Elementary functions, rounding and casts. Piecewise constant ones are smooth away from their jumps: their derivative is 0. */
export const pointwiseCases: readonly OpCase[] = [
  unary('Exp', 'smooth', { input: between(-3, 3) }),
  unary('Log', 'positive', { input: between(0.3, 4) }),
  unary('Sqrt', 'positive', { input: between(0.3, 4) }),
  unary('Reciprocal', 'positive', { input: between(0.5, 3) }),
  unary('Reciprocal', 'negative', { input: between(-3, -0.5) }),
  unary('Neg', 'smooth'),
  unary('Abs', 'smooth', { input: awayFrom(0) }),
  unary('Abs', 'whole numbers', { input: whole(-2, 2), smooth: false }),
  unary('Sin', 'smooth'),
  unary('Cos', 'smooth'),
  unary('Sign', 'away from 0', { input: awayFrom(0) }),
  unary('Sign', 'whole numbers', { input: whole(-2, 2), smooth: false }),
  unary('Floor', 'between whole numbers', { input: awayFrom(...wholes) }),
  unary('Ceil', 'between whole numbers', { input: awayFrom(...wholes) }),
  unary('Round', 'between halves', { input: awayFrom(...halves) }),
  unary('Round', 'halves, to even', { input: wholeAndHalf(-4, 4), smooth: false }),
  opCase(
    'Cast',
    'to int64 and back',
    shape,
    (b) => b.add('Mul', [b.input, b.add('Cast', [b.add('Cast', [b.input], { to: 7 })], { to: 1 })]),
    { input: awayFrom(...wholes) }
  ),
  opCase(
    'Cast',
    'to bool and back',
    shape,
    (b) => b.add('Mul', [b.add('Exp', [b.input]), b.add('Cast', [b.add('Cast', [b.input], { to: 9 })], { to: 1 })]),
    { input: whole(-1, 1), smooth: false }
  ),
  opCase('Cast', 'float to float', shape, (b) => b.add('Cast', [b.add('Sin', [b.input])], { to: 1 })),
  opCase(
    'CastLike',
    'bool to float',
    shape,
    (b) => b.add('Mul', [b.input, b.add('CastLike', [b.add('Greater', [b.input, b.floats([], [0])]), b.input])]),
    { input: awayFrom(0) }
  )
]
