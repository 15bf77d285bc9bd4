/**
 * The scalar functions of Unary and Binary instructions, in the order of include/agon/functions.h. The addon exports its own
 * list; the loader refuses an addon whose list differs.
 */
export const unaryFunctions = [
  'Relu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Celu',
  'ThresholdedRelu',
  'Clip',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Softplus',
  'Softsign',
  'Gelu',
  'GeluTanh',
  'Erf',
  'Mish',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Neg',
  'Abs',
  'Sin',
  'Cos',
  'Softclip',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Truncate',
  'ToBool',
  'Not'
] as const

export const binaryFunctions = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Min',
  'Max',
  'PRelu',
  'Greater',
  'Less',
  'GreaterOrEqual',
  'LessOrEqual',
  'Equal',
  'And',
  'Or',
  'Xor'
] as const

export type UnaryFunction = (typeof unaryFunctions)[number]
export type BinaryFunction = (typeof binaryFunctions)[number]

export const functions: readonly (UnaryFunction | BinaryFunction)[] = [...unaryFunctions, ...binaryFunctions]
