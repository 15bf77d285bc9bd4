import type { Attribute } from '@agon/core'
import type { ModelBuilder } from '../model-builder.js'
import { opCase, type OpCase } from './op-case.js'

const shape = [3, 4, 6]

/** The operator applied to the sine of the input, so that a mix-up of elements shows in the derivative too. */
function moved(
  op: string,
  what: string,
  parameters: (b: ModelBuilder) => readonly string[] = () => [],
  attributes: Readonly<Record<string, Attribute>> = {},
  input: readonly number[] = shape
): OpCase {
  return opCase(op, what, input, (b) => b.add(op, [b.add('Sin', [b.input]), ...parameters(b)], attributes))
}

function slice(what: string, starts: number[], ends: number[], axes: number[], steps?: number[]): OpCase {
  return moved('Slice', what, (b) => [starts, ends, axes, ...(steps ? [steps] : [])].map((list) => b.integers(list)))
}

function pad(mode: string, what: string, pads: number[], axes?: number[], value?: number): OpCase {
  return moved(
    'Pad',
    `${mode}, ${what}`,
    (b) => [
      b.integers(pads),
      value === undefined ? '' : b.floats([], [value]),
      ...(axes === undefined ? [] : [b.integers(axes)])
    ],
    { mode }
  )
}

/** Parts of axis 1, joined again in reverse order after each is treated differently. */
function splitAndJoin(what: string, parts: number, sizes?: number[]): OpCase {
  return opCase('Split', what, [7, 3], (b) => {
    const given: Readonly<Record<string, Attribute>> =
      sizes === undefined ? { axis: 1, num_outputs: parts } : { axis: 1 }
    const outputs = b.addMany('Split', [b.input, ...(sizes ? [b.integers(sizes)] : [])], parts, given)
    const treated = outputs.map((output, i) => b.add(['Exp', 'Sin', 'Neg'][i]!, [output]))
    return b.add('Concat', treated.toReversed(), { axis: 1 })
  })
}

/** Operators that only change the shape or the places of elements. */
export const movementCases: readonly OpCase[] = [
  moved('Transpose', 'channels last', undefined, { perm: [0, 2, 3, 1] }),
  moved('Transpose', 'reversed by default'),
  moved('Transpose', 'batch not first', undefined, { perm: [1, 0, 3, 2] }),
  moved('Reshape', 'inferred extent', (b) => [b.integers([1, -1, 8])]),
  moved('Reshape', 'copied extents', (b) => [b.integers([0, 0, 24])]),
  moved('Reshape', 'batch merged', (b) => [b.integers([-1, 6])]),
  moved('Flatten', 'default'),
  moved('Flatten', 'axis 2', undefined, { axis: 2 }),
  moved('Flatten', 'negative axis', undefined, { axis: -1 }),
  moved('Squeeze', 'named axes', (b) => [b.integers([1, -1])], {}, [1, 4, 1]),
  moved('Squeeze', 'all of extent 1', undefined, {}, [3, 1, 2]),
  moved('Unsqueeze', 'several axes', (b) => [b.integers([1, -1])]),
  moved('Identity', 'plain'),
  moved('Dropout', 'inference'),
  slice('one axis', [1], [3], [1]),
  slice('to the end, negative axes', [1, -3], [1000, 1000], [-1, -2]),
  slice('steps', [0, 1], [4, 6], [2, 3], [2, 3]),
  slice('backwards', [-1, 4], [-1000, 0], [2, 3], [-1, -2]),
  pad('constant', 'zeros', [0, 0, 1, 2, 0, 1, 0, 1]),
  pad('constant', 'a value, named axes', [1, 2, 0, 1], [2, -1], 1.5),
  pad('constant', 'cropping', [0, 0, -1, 1, 0, 0, 0, -2]),
  pad('reflect', 'both ends', [0, 0, 2, 3, 0, 0, 1, 2]),
  pad('edge', 'both ends', [0, 0, 2, 1, 0, 0, 0, 3]),
  pad('wrap', 'both ends', [0, 0, 2, 1, 0, 0, 1, 3]),
  moved('Expand', 'to a larger shape', (b) => [b.integers([1, 3, 4, 2])], {}, [3, 1, 2]),
  moved('Expand', 'new axes, smaller target', (b) => [b.integers([2, 1])], {}, [3, 1, 2]),
  moved('Tile', 'two axes', (b) => [b.integers([1, 2, 1, 3])], {}, [2, 3, 2]),
  moved('DepthToSpace', 'DCR', undefined, { blocksize: 2 }, [8, 2, 3]),
  moved('DepthToSpace', 'CRD', undefined, { blocksize: 2, mode: 'CRD' }, [8, 2, 3]),
  moved('SpaceToDepth', 'blocks of 2', undefined, { blocksize: 2 }, [2, 4, 6]),
  splitAndJoin('equal parts, the last smaller', 3),
  splitAndJoin('given sizes', 3, [1, 4, 2]),
  opCase('Split', 'one part unread', [6, 2], (b) => {
    return b.add('Exp', [b.addMany('Split', [b.input], 3, { axis: -2, num_outputs: 3 })[1]!])
  }),
  opCase('Concat', 'with a constant, negative axis', [3, 4], (b) =>
    b.add('Concat', [b.add('Sin', [b.input]), b.weights([1, 3, 2]), b.input], { axis: -1 })
  ),
  opCase('Concat', 'the same value twice', [2, 3], (b) => b.add('Concat', [b.input, b.input], { axis: 1 })),
  opCase('Concat', 'a class token before the others', [4, 6], (b) =>
    b.add('Concat', [b.weights([1, 1, 6]), b.input], { axis: 1 })
  )
]
