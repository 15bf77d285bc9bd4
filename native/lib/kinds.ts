/** The kinds of instructions, in the order of `enum class Kind` in include/agon/program.h; a test compares the two. */
export const kinds = [
  'Alias',
  'Gather',
  'Concat',
  'Sum',
  'Max',
  'MaxShare',
  'Conv',
  'ConvTranspose',
  'MatMul',
  'Unary',
  'Binary',
  'Select',
  'Affine',
  'Normalize',
  'Lrn',
  'Softmax',
  'LogSoftmax',
  'Lookup',
  'Detach',
  'Through',
  'Rectify',
  'LogSumExp'
] as const

export type Kind = (typeof kinds)[number]
