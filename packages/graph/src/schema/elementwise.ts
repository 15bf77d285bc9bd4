import { mapped, roundEven } from '../fold/elementwise.js'
import { boolLikeFirst, likeFirst } from '../shape/elementwise.js'
import { define, float, text, type AttributeSpec, type Definition, type Derivative } from './schema.js'

interface Unary {
  readonly attributes?: Readonly<Record<string, AttributeSpec>>
  readonly derivative?: Derivative
  readonly note?: string
  readonly value?: (x: number) => number
}

function unary(op: string, { value, ...given }: Unary = {}): Definition {
  return define(op, [1, 1], { infer: likeFirst, ...given, ...(value ? { evaluate: mapped(value) } : {}) })
}

const zero = 'zero' as const

/** One input, one output of the same shape, every element on its own. */
export const elementwise: readonly Definition[] = [
  unary('Relu', { note: '0 at 0', value: (x) => Math.max(0, x) }),
  unary('LeakyRelu', { attributes: { alpha: float(0.01) }, note: 'alpha at 0' }),
  unary('Elu', { attributes: { alpha: float(1) } }),
  unary('Selu', { attributes: { alpha: float(1.67326319217681884765625), gamma: float(1.05070102214813232421875) } }),
  unary('Celu', { attributes: { alpha: float(1) } }),
  unary('ThresholdedRelu', { attributes: { alpha: float(1) }, note: '0 at alpha' }),
  unary('Sigmoid'),
  unary('HardSigmoid', { attributes: { alpha: float(0.2), beta: float(0.5) }, note: '0 at both kinks' }),
  unary('HardSwish', { note: "PyTorch's values at -3 and 3" }),
  unary('Tanh', { value: Math.tanh }),
  unary('Softplus'),
  unary('Softsign'),
  unary('Gelu', { attributes: { approximate: text('none') } }),
  unary('Erf'),
  unary('Mish'),
  unary('Exp', { value: Math.exp }),
  unary('Log', { value: Math.log }),
  unary('Sqrt', { value: Math.sqrt }),
  unary('Reciprocal', { value: (x) => 1 / x }),
  unary('Neg', { value: (x) => -x }),
  unary('Abs', { note: '0 at 0', value: Math.abs }),
  unary('Sin', { value: Math.sin }),
  unary('Cos', { value: Math.cos }),
  unary('Sign', { derivative: zero, value: Math.sign }),
  unary('Floor', { derivative: zero, value: Math.floor }),
  unary('Ceil', { derivative: zero, value: Math.ceil }),
  unary('Round', { derivative: zero, note: 'halves round to even', value: roundEven }),
  define('IsNaN', [1, 1], {
    infer: boolLikeFirst,
    derivative: 'none',
    evaluate: mapped((x) => (Number.isNaN(x) ? 1 : 0))
  }),
  define('Not', [1, 1], { infer: boolLikeFirst, derivative: zero, evaluate: mapped((x) => (x ? 0 : 1)) })
]
