import { describe, expect, it } from 'vitest'
import { broadcastMap, concatMap, gatherMap, isAlias, padValue, reduceAxes, specialize } from '../src/index.js'
import { counting, floats, integers, modelOf, node, scalar, shapeOf, single } from './models.js'

type Options = Parameters<typeof single>[2]
const map = (op: string, shape: readonly number[], options: Options = {}, output = 0) => {
  const one = single(op, shape, options)
  return [...gatherMap(one.node, one.model, output)]
}

describe('shapes that keep elements in order', () => {
  const reshape = (shape: number[], to: number[], allowzero = 0) =>
    shapeOf('Reshape', shape, { constants: [integers(...to)], attributes: { allowzero } })

  it('reads 0 and -1 of Reshape', () => {
    expect(reshape([1, 2, 3, 4], [0, -1])).toEqual([1, 24])
    expect(reshape([1, 2, 3, 4], [-1, 0, 2])).toEqual([6, 2, 2])
    expect(reshape([1, 6], [3, 2])).toEqual([3, 2])
    expect(() => reshape([1, 6], [0, 5])).toThrow(
      /shape of Reshape node 'y0': expected the 6 elements of \[1,6\], found \[0,5\]/
    )
    expect(() => reshape([1, 6], [-1, -1])).toThrow(/Reshape/)
    expect(() => reshape([1, 6], [-1, 4])).toThrow(/Reshape/)
    expect(() => reshape([1, 6], [-2, -3])).toThrow(/Reshape/)
    expect(() => reshape([1, 6], [1, 0, 6], 1)).toThrow(/Reshape/)
    expect(() => reshape([1, 6], [0, 0, 0, 6])).toThrow(/Reshape/)
  })
  it('flattens around an axis, negative ones included', () => {
    const flatten = (axis: number) => shapeOf('Flatten', [2, 3, 4], { attributes: { axis } })
    expect([flatten(1), flatten(0), flatten(3), flatten(-1)]).toEqual([
      [2, 12],
      [1, 24],
      [24, 1],
      [6, 4]
    ])
    expect(() => flatten(4)).toThrow(/axis of Flatten/)
  })
  it('squeezes and unsqueezes', () => {
    expect(shapeOf('Squeeze', [1, 3, 1, 2])).toEqual([3, 2])
    expect(shapeOf('Squeeze', [1, 3, 1, 2], { constants: [integers(-2)] })).toEqual([1, 3, 2])
    expect(() => shapeOf('Squeeze', [1, 3], { constants: [integers(1)] })).toThrow(/axes of Squeeze/)
    expect(shapeOf('Unsqueeze', [1, 3], { constants: [integers(0, -1)] })).toEqual([1, 1, 3, 1])
    expect(() => shapeOf('Unsqueeze', [1, 3], { constants: [integers(0, 0)] })).toThrow(/different axes/)
  })
  it('names the aliases', () => {
    expect(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout'].map(isAlias)).not.toContain(false)
    expect(['Transpose', 'Cast', 'Relu', 'NoSuchOp'].map(isAlias)).not.toContain(true)
  })
  it('refuses Dropout in training', () => {
    const training = { dtype: 'bool', shape: [], data: Uint8Array.of(1) } as const
    expect(() => single('Dropout', [1, 3], { constants: [floats([], [0.5]), training] })).toThrow(
      /training_mode of Dropout node 'y0'/
    )
    expect(shapeOf('Dropout', [1, 3], { constants: [floats([], [0.5])] })).toEqual([1, 3])
  })
})

describe('gather maps', () => {
  it('transposes', () => {
    expect(map('Transpose', [2, 3])).toEqual([0, 3, 1, 4, 2, 5])
    expect(map('Transpose', [1, 2, 2, 2], { attributes: { perm: [0, 2, 3, 1] } })).toEqual([0, 4, 1, 5, 2, 6, 3, 7])
    expect(() => map('Transpose', [2, 3], { attributes: { perm: [0, 0] } })).toThrow(/different axes/)
  })
  it('slices with negative starts, ends and steps', () => {
    const slice = (...lists: number[][]) => map('Slice', [1, 6], { constants: lists.map((list) => integers(...list)) })
    expect(slice([1], [4], [1])).toEqual([1, 2, 3])
    expect(slice([-3], [9007199254740991], [1])).toEqual([3, 4, 5])
    expect(slice([0], [6], [-1], [2])).toEqual([0, 2, 4])
    expect(slice([-1], [-9007199254740991], [1], [-2])).toEqual([5, 3, 1])
    expect(slice([4], [1], [1], [-1])).toEqual([4, 3, 2])
    expect(slice([4], [2], [1])).toEqual([])
    expect(slice([-9], [-9], [1], [-1])).toEqual([0])
    expect(slice([9], [9], [1])).toEqual([])
    expect(() => slice([0], [1], [1], [0])).toThrow(/steps other than 0/)
    expect(() => slice([0], [1], [2])).toThrow(/axis of Slice/)
  })
  it('splits by sizes, by number and evenly', () => {
    const split = (options: Options, output: number) => map('Split', [1, 5], { ...options, outputs: 2 }, output)
    const attributes = { axis: 1 }
    expect(split({ attributes, constants: [integers(2, 3)] }, 1)).toEqual([2, 3, 4])
    expect(split({ attributes: { axis: -1, num_outputs: 2 } }, 0)).toEqual([0, 1, 2])
    expect(split({ attributes: { axis: -1, num_outputs: 2 } }, 1)).toEqual([3, 4])
    expect(map('Split', [2, 2], { attributes, outputs: 2 }, 1)).toEqual([1, 3])
    expect(() => split({ attributes, constants: [integers(2, 2)] }, 0)).toThrow(/parts of Split node 'y0'/)
  })
  it('expands, tiles and gathers', () => {
    expect(map('Expand', [2, 1], { constants: [integers(2, 2, 3)] })).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1])
    expect(map('Tile', [1, 2], { constants: [integers(2, 2)] })).toEqual([0, 1, 0, 1, 0, 1, 0, 1])
    const indices = { dtype: 'int64', shape: [2, 1], data: Float64Array.of(-1, 0) } as const
    expect(map('Gather', [2, 3], { constants: [indices], attributes: { axis: 1 } })).toEqual([2, 0, 5, 3])
    expect(shapeOf('Gather', [2, 3], { constants: [indices], attributes: { axis: 1 } })).toEqual([2, 2, 1])
    expect(shapeOf('Gather', [2, 3], { constants: [scalar(1)] })).toEqual([3])
    expect(() => map('Gather', [1, 3], { constants: [scalar(3)], attributes: { axis: 1 } })).toThrow(
      /expected -3 to 2, found 3/
    )
  })
  it('pads in every mode, negative pads crop', () => {
    const pad = (mode: string, pads: number[]) =>
      map('Pad', [4], { attributes: { mode }, constants: [integers(...pads)] })
    expect(pad('constant', [1, 2])).toEqual([-1, 0, 1, 2, 3, -1, -1])
    expect(pad('edge', [2, 1])).toEqual([0, 0, 0, 1, 2, 3, 3])
    expect(pad('reflect', [2, 3])).toEqual([2, 1, 0, 1, 2, 3, 2, 1, 0])
    expect(pad('wrap', [2, 1])).toEqual([2, 3, 0, 1, 2, 3, 0])
    expect(pad('constant', [-1, 1])).toEqual([1, 2, 3, -1])
    expect(pad('reflect', [-1, 1])).toEqual([1, 2, 3, 2])
    expect(() => pad('constant', [-3, -2])).toThrow(/pads of Pad node 'y0'/)
    const axes = single('Pad', [1, 2], { constants: [integers(1, 0), floats([], [7]), integers(-1)] })
    expect([...gatherMap(axes.node, axes.model)]).toEqual([-1, 0, 1])
    expect(padValue(axes.node, axes.model)).toBe(7)
  })
  it('moves depth to space in both modes, and back', () => {
    // Channels 0..7 of one pixel; DCR: block place is the slow part of the channel, CRD: the fast part.
    const attributes = { blocksize: 2 }
    expect(map('DepthToSpace', [1, 8, 1, 1], { attributes })).toEqual([0, 2, 4, 6, 1, 3, 5, 7])
    expect(map('DepthToSpace', [1, 8, 1, 1], { attributes: { ...attributes, mode: 'CRD' } })).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7
    ])
    const there = map('DepthToSpace', [1, 8, 2, 3], { attributes })
    const back = map('SpaceToDepth', [1, 2, 4, 6], { attributes })
    expect(back.map((i) => there[i])).toEqual(Array.from({ length: 48 }, (_, i) => i))
    expect(() => map('DepthToSpace', [1, 6, 1, 1], { attributes })).toThrow(/multiple of 4/)
  })
  it('broadcasts', () => {
    expect([...broadcastMap([2, 1], [2, 3])!]).toEqual([0, 0, 0, 1, 1, 1])
    expect([...broadcastMap([3], [2, 3])!]).toEqual([0, 1, 2, 0, 1, 2])
    expect(broadcastMap([3, 1], [1, 3, 1])).toBeUndefined()
  })
})

describe('Concat', () => {
  it('places its inputs one after the other', () => {
    const nodes = [node('Concat', ['x', 'k', 'x'], ['y'], { axis: -1 })]
    const model = specialize(modelOf(nodes, { input: [2, 1], constants: { k: counting([2, 2]) } }), [2, 1])
    expect(model.shapes.get('y')).toEqual([2, 4])
    expect([0, 1, 2].map((i) => [...concatMap(model.nodes[0]!, model, i)])).toEqual([
      [0, 4],
      [1, 2, 5, 6],
      [3, 7]
    ])
  })
  it('refuses extents that differ off the axis', () => {
    const nodes = [node('Concat', ['x', 'k'], ['y'], { axis: 1 })]
    const model = modelOf(nodes, { input: [1, 2], constants: { k: counting([2, 2]) } })
    expect(() => specialize(model, [1, 2])).toThrow(/inputs of Concat node 'y'/)
  })
})

describe('reductions', () => {
  it('reads axes, keepdims and noop_with_empty_axes', () => {
    const reduce = (axes: number[] | undefined, attributes = {}) =>
      single('ReduceMean', [1, 2, 3, 4], { attributes, ...(axes ? { constants: [integers(...axes)] } : {}) })
    const of = (axes: number[] | undefined, attributes = {}) => {
      const { node, model } = reduce(axes, attributes)
      return [model.shapes.get('y0'), reduceAxes(node, model)]
    }
    expect(of([2, -1])).toEqual([
      [1, 2, 1, 1],
      [2, 3]
    ])
    expect(of([-1, 1], { keepdims: 0 })).toEqual([
      [1, 3],
      [1, 3]
    ])
    expect(of(undefined, { keepdims: 0 })).toEqual([[], [0, 1, 2, 3]])
    expect(of([], { noop_with_empty_axes: 1 })).toEqual([[1, 2, 3, 4], []])
    expect(() => reduce([4])).toThrow(/axis of ReduceMean/)
  })
})
