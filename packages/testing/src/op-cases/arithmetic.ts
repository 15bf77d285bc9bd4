import { awayFrom, between, distinct, whole } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'
import type { ModelBuilder } from '../model-builder.js'

const shape = [4, 1, 3]

/** Both halves of axis 1. */
function halves(b: ModelBuilder): readonly [string, string] {
  const [first, second] = b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 })
  return [first!, second!]
}

/** With a constant on either side, in every way of broadcasting, and with two activations. */
function binary(op: string, constant: readonly [number, number], options: CaseOptions = {}): readonly OpCase[] {
  const [low, high] = constant
  return [
    opCase(op, 'same shape', shape, (b) => b.add(op, [b.input, b.uniform([1, ...shape], low, high)]), options),
    opCase(op, 'scalar', shape, (b) => b.add(op, [b.input, b.uniform([], low, high)]), options),
    opCase(op, 'scalar first', shape, (b) => b.add(op, [b.uniform([], low, high), b.input]), options),
    opCase(op, 'per channel', shape, (b) => b.add(op, [b.input, b.uniform([4, 1, 1], low, high)]), options),
    opCase(op, 'both broadcast', shape, (b) => b.add(op, [b.uniform([1, 1, 5, 1], low, high), b.input]), options),
    opCase(op, 'two activations', [6, 2, 3], (b) => b.add(op, halves(b)), options),
    opCase(
      op,
      'two activations, one broadcast',
      [4, 3],
      (b) => b.add(op, [b.input, b.add('Slice', [b.input, b.integers([0]), b.integers([1]), b.integers([1])])]),
      options
    )
  ]
}

/** An operator that gives truth values, used as a mask. */
function masked(op: string, what: string, right: (b: ModelBuilder) => string, options: CaseOptions): OpCase {
  return opCase(
    op,
    what,
    [4, 3],
    (b) => b.add('Mul', [b.add('Sin', [b.input]), b.add('Cast', [b.add(op, [b.input, right(b)])], { to: 1 })]),
    options
  )
}

function comparison(op: string): readonly OpCase[] {
  return [
    masked(op, 'with a scalar', (b) => b.floats([], [0.5]), { input: awayFrom(0.5) }),
    masked(op, 'equal values', (b) => b.floats([3], [0, 1, -1]), { input: whole(-1, 1), smooth: false })
  ]
}

function logic(op: string): OpCase {
  return opCase(
    op,
    'of two comparisons',
    [4, 3],
    (b) => {
      const above = b.add('Greater', [b.input, b.floats([], [-0.5])])
      const below = b.add('Less', [b.input, b.floats([3], [0.5, 1, 1.5])])
      return b.add('Mul', [b.input, b.add('Cast', [b.add(op, [above, below])], { to: 1 })])
    },
    { input: awayFrom(-0.5, 0.5, 1, 1.5) }
  )
}

const positive = { input: between(0.5, 2) }

/** Arithmetic, comparisons, choices. */
export const arithmeticCases: readonly OpCase[] = [
  ...binary('Add', [-1, 1]),
  ...binary('Sub', [-1, 1]),
  ...binary('Mul', [-1, 1]),
  ...binary('Div', [0.5, 2], positive),
  ...binary('Pow', [0.5, 3], positive),
  opCase('Pow', 'square of any sign', shape, (b) => b.add('Pow', [b.input, b.floats([], [2])])),
  opCase('Pow', 'cube of any sign', shape, (b) => b.add('Pow', [b.input, b.floats([], [3])])),
  opCase('Pow', 'square at 0', shape, (b) => b.add('Pow', [b.input, b.floats([], [2])]), {
    input: whole(-1, 1),
    smooth: false
  }),
  opCase('Max', 'with a constant', shape, (b) => b.add('Max', [b.input, b.floats([], [0.3])]), {
    input: awayFrom(0.3)
  }),
  opCase('Min', 'with a constant', shape, (b) => b.add('Min', [b.floats([1, 1, 3], [0.3, 0, -1]), b.input]), {
    input: awayFrom(0.3, 0, -1)
  }),
  ...['Max', 'Min'].flatMap((op) => [
    opCase(op, 'two activations', [6, 2, 3], (b) => b.add(op, halves(b)), { input: distinct }),
    opCase(op, 'equal values share', [6, 2, 3], (b) => b.add(op, halves(b)), { input: whole(0, 1), smooth: false }),
    opCase(op, 'one input', shape, (b) => b.add(op, [b.input])),
    opCase(
      op,
      'three inputs, equal values',
      [6, 4],
      (b) => {
        const parts = b.addMany('Split', [b.input], 3, { axis: 1, num_outputs: 3 })
        return b.add(op, parts)
      },
      { input: whole(0, 1), smooth: false }
    )
  ]),
  opCase('Sum', 'three inputs, broadcast', shape, (b) =>
    b.add('Sum', [b.input, b.weights([3]), b.add('Sin', [b.input])])
  ),
  opCase('Sum', 'one input', shape, (b) => b.add('Sum', [b.input])),
  ...['Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal'].flatMap(comparison),
  ...['And', 'Or', 'Xor'].map(logic),
  opCase(
    'Not',
    'of a comparison',
    [4, 3],
    (b) => {
      const above = b.add('Greater', [b.input, b.floats([], [0])])
      return b.add('Mul', [b.input, b.add('Cast', [b.add('Not', [above])], { to: 1 })])
    },
    { input: awayFrom(0) }
  ),
  opCase('Where', 'constant mask', [2, 3], (b) =>
    b.add('Where', [b.booleans([3], [true, false, true]), b.input, b.floats([], [-2])])
  ),
  opCase(
    'Where',
    'mask from the input, two activations',
    [4, 3],
    (b) =>
      b.add('Where', [b.add('Less', [b.input, b.floats([], [0])]), b.add('Exp', [b.input]), b.add('Neg', [b.input])]),
    { input: awayFrom(0) }
  ),
  opCase('Where', 'both branches broadcast', [1, 3], (b) =>
    b.add('Where', [b.booleans([1, 2, 1], [true, false]), b.input, b.weights([1, 2, 3])])
  )
]
