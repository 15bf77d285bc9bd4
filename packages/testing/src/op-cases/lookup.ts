import { between, wholeAndHalf } from './inputs.js'
import { opCase, type OpCase } from './op-case.js'

const int64 = { to: 7 }

/** Gather: constant indices move elements, indices from the input look rows up. */
export const lookupCases: readonly OpCase[] = [
  opCase('Gather', 'constant indices', [4, 3], (b) => b.add('Gather', [b.input, b.integers([2, 0, 2])], { axis: 1 })),
  opCase('Gather', 'one constant index', [4, 3], (b) => b.add('Gather', [b.input, b.integers([0], [])], { axis: 1 })),
  opCase('Gather', 'negative index and axis', [4, 3], (b) =>
    b.add('Gather', [b.input, b.integers([-1, 0, 1, -3], [2, 2])], { axis: -1 })
  ),
  opCase(
    'Gather',
    'word embeddings',
    [5],
    (b) => b.add('Gather', [b.weights([6, 4]), b.add('Cast', [b.input], int64)]),
    { input: wholeAndHalf(0, 5) }
  ),
  opCase(
    'Gather',
    'rows of an activation, indices from the input',
    [3],
    (b) => {
      const table = b.add('Mul', [b.input, b.weights([4, 3])])
      return b.add('Gather', [table, b.add('Cast', [b.input], int64)])
    },
    { input: between(0.1, 3.9), smooth: false }
  )
]
