import { AgonError } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  bindInputs,
  differentiability,
  foldConstants,
  inferShapes,
  removeDeadNodes,
  selectOutput,
  specialize
} from '../src/index.js'
import { foldingBudget } from '../src/fold/budget.js'
import { counting, floats, integers, modelOf, node, scalar, singleModel } from './models.js'

const thrown = (run: () => unknown): AgonError => {
  try {
    run()
  } catch (error) {
    if (error instanceof AgonError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Reshape(x, [Shape(x)[0], -1]) as exporters write it. */
const flattening = [
  node('Shape', ['x'], ['s']),
  node('Gather', ['s', 'zero'], ['n'], { axis: 0 }),
  node('Unsqueeze', ['n', 'axes'], ['n1']),
  node('Concat', ['n1', 'rest'], ['to'], { axis: 0 }),
  node('Reshape', ['x', 'to'], ['y'])
]
const constants = { zero: scalar(0), axes: integers(0), rest: integers(-1) }

describe('specialize', () => {
  it('binds symbols and folds computations on shapes', () => {
    const model = modelOf(flattening, { input: ['N', 3, 'H', 'W'], constants })
    const fixed = specialize(model, [1, 3, 4, 5])
    expect(fixed.nodes.map(({ op }) => op)).toEqual(['Reshape'])
    expect(fixed.shapes.get('y')).toEqual([1, 60])
    expect([...fixed.constants.get('to')!.data]).toEqual([1, -1])
    expect([...fixed.constants.keys()]).toEqual(['to'])
    expect(fixed.outputs[0]!.shape).toEqual([1, 60])
    expect(fixed.inputs[0]!.shape).toEqual([1, 3, 4, 5])
    expect(fixed.dtypes.get('to')).toBe('int64')
  })
  it('leaves the model as it was', () => {
    const model = modelOf(flattening, { input: ['N', 3], constants })
    const before = JSON.stringify([model.nodes, [...model.constants.keys()], model.inputs])
    specialize(model, [1, 3])
    expect(JSON.stringify([model.nodes, [...model.constants.keys()], model.inputs])).toBe(before)
  })
  it('checks the shape against what is declared', () => {
    const model = modelOf([node('Relu', ['x'], ['y'])], { input: ['N', 3, 'S', 'S'] })
    expect(specialize(model, [1, 3, 8, 8]).shapes.get('y')).toEqual([1, 3, 8, 8])
    for (const wrong of [
      [1, 4, 8, 8],
      [1, 3, 8],
      [1, 3, 8, 9],
      [1, 3, 0, 0],
      [1, 3, 1.5, 1.5],
      [NaN, 3, 2, 2]
    ]) {
      const error = thrown(() => specialize(model, wrong))
      expect([error.code, error.expected, error.found]).toEqual(['AGON_BAD_INPUT', '[N,3,S,S]', `[${wrong.join(',')}]`])
    }
  })
  it('refuses a fixed batch with a remedy', () => {
    const error = thrown(() => specialize(modelOf([node('Relu', ['x'], ['y'])], { input: [8, 3] }), [1, 3]))
    expect(error.code).toBe('AGON_BAD_INPUT')
    expect(error.remedy).toMatch(/batch 1 or a dynamic batch/)
  })
  it('refuses several inputs, and takes them bound', () => {
    const one = modelOf([node('Add', ['x', 'z'], ['y'])], { input: ['N', 3] })
    const model = { ...one, inputs: [...one.inputs, { name: 'z', dtype: 'float32', shape: ['N', 3] } as const] }
    const error = thrown(() => specialize(model, [1, 3]))
    expect([error.code, error.found]).toEqual(['AGON_BAD_MODEL', "'x', 'z'"])
    expect(error.remedy).toMatch(/bindInputs/)
    const bound = bindInputs(model, { z: counting([1, 3]) })
    expect(specialize(bound, [1, 3]).constants.get('z')!.data).toEqual(Float32Array.of(1, 2, 3))
    expect(thrown(() => bindInputs(model, { zz: counting([3]) })).code).toBe('AGON_UNKNOWN_NAME')
    expect(thrown(() => bindInputs(model, { z: counting([1, 4]) })).code).toBe('AGON_BAD_INPUT')
    expect(thrown(() => bindInputs(model, { z: integers(1) })).code).toBe('AGON_BAD_INPUT')
  })
  it('refuses shapes that depend on data, naming the node', () => {
    const nonZero = modelOf([node('NonZero', ['x'], ['i']), node('Cast', ['i'], ['y'], { to: 1 })])
    const error = thrown(() => specialize(nonZero, [1, 3]))
    expect([error.code, error.what]).toEqual(['AGON_UNSUPPORTED_OPERATOR', "input 0 ('x') of NonZero node 'i'"])
    const reshape = modelOf([node('Cast', ['x'], ['i'], { to: 7 }), node('Reshape', ['x', 'i'], ['y'])], { input: [3] })
    expect(thrown(() => specialize(reshape, [3])).what).toBe("input 1 ('i') of Reshape node 'y'")
  })
  it('refuses fold-only operators on data', () => {
    const model = singleModel('Mod', [1, 3], { constants: [floats([], [2])], attributes: { fmod: 1 } })
    const error = thrown(() => specialize(model, [1, 3]))
    expect([error.code, error.what]).toEqual(['AGON_UNSUPPORTED_OPERATOR', "inputs of Mod node 'y0'"])
  })
  it('refuses a reader of MaxPool indices, and drops them unread', () => {
    const pool = node('MaxPool', ['x'], ['y', 'i'], { kernel_shape: [2] })
    expect(specialize(modelOf([pool], { input: [1, 1, 3] }), [1, 1, 3]).nodes[0]!.outputs).toEqual(['y'])
    const read = modelOf([pool, node('Cast', ['i'], ['z'], { to: 1 })], { input: [1, 1, 3] })
    expect(thrown(() => specialize(read, [1, 1, 3])).what).toBe("output 1 ('i') of MaxPool node 'y'")
  })
  it('refuses an output that is a constant', () => {
    const model = modelOf([...flattening], { input: ['N', 3], constants, outputs: ['y', 'to'] })
    expect(thrown(() => specialize(model, [1, 3])).message).toMatch(/output 'to' .* selectOutput/)
  })
  it('makes casts that keep the number Identity, and CastLike Cast', () => {
    const op = (to: number, dtype: 'float32' | 'int64' | 'bool') =>
      specialize(singleModel('Cast', [1, 3], { attributes: { to }, dtype }), [1, 3]).nodes[0]!.op
    expect([op(1, 'int64'), op(1, 'bool'), op(10, 'float32'), op(7, 'bool')]).toEqual(new Array(4).fill('Identity'))
    expect([op(7, 'float32'), op(9, 'float32'), op(9, 'int64')]).toEqual(['Cast', 'Cast', 'Cast'])
    const like = specialize(singleModel('CastLike', [1, 3], { constants: [scalar(0)] }), [1, 3]).nodes[0]!
    expect([like.op, like.inputs, like.attributes]).toEqual(['Cast', ['x'], { to: 7 }])
    expect(thrown(() => op(8, 'float32')).code).toBe('AGON_UNSUPPORTED_OPERATOR')
  })
  it('refuses values beyond 2^28 elements', () => {
    const error = thrown(() => specialize(singleModel('Tile', [1, 3], { constants: [integers(1, 2 ** 30)] }), [1, 3]))
    expect([error.code, error.what]).toEqual(['AGON_BAD_MODEL', "output of Tile node 'y0'"])
  })
  it('refuses values that together take more than can be held', () => {
    const grow = node('Expand', ['x', 'to'], ['v0'])
    const relus = [1, 2, 3, 4, 5].map((i) => node('Relu', [`v${i - 1}`], [i === 5 ? 'y' : `v${i}`]))
    const at = (size: number) =>
      specialize(modelOf([grow, ...relus], { input: [1, 1], constants: { to: integers(1, size) } }), [1, 1])
    const error = thrown(() => at(2 ** 24))
    expect(error.code).toBe('AGON_BAD_MODEL')
    expect(error.message).toMatch(/Relu node .*at most 67108864 elements in all values together.* found 83886080/)
    expect(at(2 ** 23).shapes.get('y')).toEqual([1, 2 ** 23])
  })
  it('allows larger values to larger inputs, up to what can be held', () => {
    const widen = node('Tile', ['x', 'times'], ['v0'])
    const relus = [1, 2, 3, 4].map((i) => node('Relu', [`v${i - 1}`], [i === 4 ? 'y' : `v${i}`]))
    const at = (width: number, times: number) =>
      specialize(modelOf([widen, ...relus], { input: [1, width], constants: { times: integers(1, times) } }), [
        1,
        width
      ])
    expect(at(2 ** 15, 2 ** 9).shapes.get('y')).toEqual([1, 2 ** 24])
    expect(thrown(() => at(2 ** 10, 2 ** 14)).message).toMatch(/at most 67108864 elements in all values together/)
    expect(thrown(() => at(2 ** 24, 2 ** 4)).message).toMatch(/at most 1073741824 elements in all values together/)
  })

  it('refuses constants that outgrow the file', () => {
    for (const [op, inputs] of [
      ['ConstantOfShape', ['big']],
      ['Expand', ['one', 'big']],
      ['Tile', ['one', 'repeats']],
      ['Range', ['start', 'limit', 'step']]
    ] as const) {
      const given = {
        big: integers(2 ** 25),
        one: counting([1]),
        repeats: integers(2 ** 25),
        start: scalar(0),
        limit: scalar(2 ** 25),
        step: scalar(1)
      }
      const makes = node(op, inputs, ['k'])
      const model = modelOf([makes, node('Cast', ['k'], ['f'], { to: 1 }), node('Add', ['x', 'f'], ['y'])], {
        input: [1],
        constants: given
      })
      const error = thrown(() => specialize(model, [1]))
      expect([error.code, error.what]).toEqual(['AGON_BAD_MODEL', `constants folded up to ${op} node 'k'`])
      expect(thrown(() => foldConstants(model)).code).toBe('AGON_BAD_MODEL')
    }
  })
  it('measures the file by its weights, those in Constant nodes included', () => {
    const value = { dtype: 'float32', shape: [2 ** 25], data: new Float32Array() } as const
    const stated = node('Constant', [], ['k'], { value })
    const budget = foldingBudget(modelOf([stated]))
    budget.spend(stated, [{ dtype: 'float32', shape: [2 ** 27] }])
    expect(thrown(() => budget.spend(stated, [{ dtype: 'bool', shape: [1] }])).code).toBe('AGON_BAD_MODEL')
  })
  it('lets aliases of constants cost nothing', () => {
    const value = floats([2 ** 22], new Array<number>(2 ** 22).fill(1))
    const stated = node('Constant', [], ['k0'], { value })
    const chain = Array.from({ length: 20 }, (_, i) => node('Identity', [`k${i}`], [`k${i + 1}`]))
    const nodes = [stated, ...chain, node('ReduceMax', ['k20'], ['most']), node('Add', ['x', 'most'], ['y'])]
    expect([...specialize(modelOf(nodes), [1, 3]).constants.get('most')!.data]).toEqual([1])
  })
  it('counts small foldings together', () => {
    const many = Array.from({ length: 40 }, (_, i) => node('ConstantOfShape', ['size'], [`k${i}`]))
    const model = modelOf([...many, node('Relu', ['x'], ['y'])], { constants: { size: integers(2 ** 19) } })
    expect(thrown(() => specialize(model, [1, 3])).what).toMatch(
      /constants folded up to ConstantOfShape node 'k3[0-9]'/
    )
  })
})

describe('passes', () => {
  it('infer shapes at the declared extents, the batch counting 1', () => {
    const model = modelOf([node('Transpose', ['x'], ['y'])], { input: ['N', 3] })
    expect(inferShapes(model).get('y')).toEqual({ shape: [3, 1], dtype: 'float32' })
    expect(inferShapes(model, [2, 3]).get('y')!.shape).toEqual([3, 2])
    expect(thrown(() => inferShapes(modelOf([node('Relu', ['x'], ['y'])], { input: ['N', 'T'] }))).code).toBe(
      'AGON_BAD_INPUT'
    )
  })
  it('fold what needs no shapes', () => {
    const nodes = [node('Mul', ['k', 'k'], ['k2']), node('MatMul', ['x', 'k2'], ['y'])]
    const model = foldConstants(modelOf(nodes, { input: ['N', 'C'], constants: { k: counting([2, 2]) } }))
    expect(model.nodes.map(({ op }) => op)).toEqual(['MatMul'])
    expect([...model.constants.get('k2')!.data]).toEqual([1, 4, 9, 16])
  })
  it('remove nodes, constants and trailing outputs that nobody reads', () => {
    const nodes = [
      node('Add', ['x', 'k'], ['dead']),
      node('Dropout', ['x'], ['live', 'mask']),
      node('Relu', ['live'], ['y'])
    ]
    const model = removeDeadNodes(modelOf(nodes, { constants: { k: counting([3]) } }))
    expect(model.nodes.map(({ outputs }) => outputs)).toEqual([['live'], ['y']])
    expect(model.constants.size).toBe(0)
  })
  it('select an output and describe it', () => {
    const nodes = [
      node('Relu', ['x'], ['a']),
      node('Transpose', ['a'], ['b'], { perm: [0, 2, 1] }),
      node('Neg', ['b'], ['c'])
    ]
    const model = modelOf(nodes, { input: ['N', 'T', 7] })
    const selected = selectOutput(model, 'b')
    expect(selected.outputs).toEqual([{ name: 'b', dtype: 'float32', shape: ['N', 7, 'T'] }])
    expect(selected.nodes.map(({ op }) => op)).toEqual(['Relu', 'Transpose'])
    const fixed = selectOutput(specialize(model, [1, 5, 7]), 'b')
    expect(fixed.outputs[0]!.shape).toEqual([1, 7, 5])
    expect(fixed.shapes.get('b')).toEqual([1, 7, 5])
    expect(thrown(() => selectOutput(model, 'bb')).remedy).toBe("Did you mean 'b'?")
  })
  it('say how every node is differentiated', () => {
    const nodes = [
      node('Shape', ['x'], ['s']),
      node('Add', ['s', 's'], ['s2']),
      node('Cast', ['x'], ['ids'], { to: 7 }),
      node('Gather', ['table', 'ids'], ['e']),
      node('Gather', ['x', 'k'], ['g']),
      node('Sign', ['x'], ['sign']),
      node('Abs', ['x'], ['abs']),
      node('Mystery', ['x'], ['m']),
      node('Mod', ['x', 'x'], ['r'])
    ]
    const rows = differentiability(modelOf(nodes, { constants: { table: counting([4, 2]), k: integers(0) } }))
    expect(rows.map(({ op, derivative }) => [op, derivative])).toEqual([
      ['Shape', 'zero'],
      ['Add', 'zero'],
      ['Cast', 'zero'],
      ['Gather', 'table only'],
      ['Gather', 'exact'],
      ['Sign', 'zero'],
      ['Abs', 'exact'],
      ['Mystery', 'none'],
      ['Mod', 'none']
    ])
    expect(rows[6]).toEqual({ node: 'abs', op: 'Abs', derivative: 'exact', note: '0 at 0' })
    expect(rows[1]!.note).toBe("does not depend on the model's input")
  })
})
