import { opCase, type OpCase } from './op-case.js'

/** What goes back is not the derivative, so that finite differences say nothing. */
const steered = { smooth: false }

/** Operators of our own that steer the backward pass. */
export const steeringCases: readonly OpCase[] = [
  opCase(
    'Detach',
    'a factor',
    [3, 4],
    (b) => b.add('Mul', [b.input, b.add('Detach', [b.add('Sin', [b.input])])]),
    steered
  ),
  opCase(
    'Detach',
    'a branch with weights',
    [4],
    (b) =>
      b.add('Add', [
        b.add('Detach', [b.add('MatMul', [b.input, b.weights([4, 3])])]),
        b.add('MatMul', [b.input, b.weights([4, 3])])
      ]),
    steered
  ),
  opCase('Detach', 'everything', [4], (b) => b.add('Exp', [b.add('Detach', [b.input])]), steered),
  opCase(
    'Through',
    'to another function of the input',
    [3, 4],
    (b) => b.add('Tanh', [b.add('Through', [b.add('Relu', [b.input]), b.add('Mul', [b.input, b.weights([3, 4])])])]),
    steered
  ),
  opCase(
    'Through',
    'to a branch with dead elements',
    [2, 3, 3],
    (b) => {
      const value = b.add('Through', [b.add('Sin', [b.input]), b.add('Relu', [b.input])])
      return b.add('Conv', [value, b.weights([3, 2, 2, 2])])
    },
    steered
  ),
  opCase(
    'Through',
    'a constant value',
    [2, 3],
    (b) => b.add('Exp', [b.add('Through', [b.weights([1, 2, 3]), b.input])]),
    steered
  ),
  opCase(
    'Through',
    'to a constant',
    [4],
    (b) => b.add('Mul', [b.input, b.add('Through', [b.input, b.weights([1, 4])])]),
    steered
  ),
  opCase(
    'Rectify',
    'between dense layers',
    [5],
    (b) => {
      const hidden = b.add('Rectify', [b.add('Relu', [b.add('MatMul', [b.input, b.weights([5, 6])])])])
      return b.add('MatMul', [hidden, b.weights([6, 4])])
    },
    steered
  ),
  opCase(
    'Rectify',
    'below a mean, whose elements share a row',
    [2, 3, 3],
    (b) => b.add('GlobalAveragePool', [b.add('Rectify', [b.add('Mul', [b.input, b.weights([2, 3, 3])])])]),
    steered
  ),
  opCase(
    'Rectify',
    'of a value that is read twice',
    [3, 4],
    (b) => {
      const read = b.add('Rectify', [b.input])
      return b.add('Add', [b.add('Sin', [read]), b.add('MatMul', [read, b.weights([4, 4])])])
    },
    steered
  ),
  opCase(
    'Rectify',
    'beside another reader',
    [6],
    (b) => b.add('Add', [b.add('Rectify', [b.input]), b.add('Sin', [b.input])]),
    steered
  )
]
