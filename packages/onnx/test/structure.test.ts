import { describe, expect, it } from 'vitest'
import { onnx } from '../src/decode.js'
import { readOnnx } from '../src/read.js'
import { file, floats, ints, node, value } from './build.js'
import { expectRefused } from './errors.js'

const bad = 'AGON_BAD_MODEL'
const relu = node('Relu', ['x'], ['y'])

describe('what is kept', () => {
  it('symbolic extents stay symbolic; unknown ones get a name', async () => {
    const model = await readOnnx(
      file({ nodes: [relu], inputs: { x: ['batch', 0, -1, 4] }, outputs: { y: ['batch', 1, 2, 3] } })
    )
    expect(model.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 'x_1', 'x_2', 4] }])
    expect(model.outputs[0]!.shape).toEqual(['batch', 1, 2, 3])
  })

  it('a contradiction is named where the file leaves the output shape out', async () => {
    const bytes = file({
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      weights: [floats('w', [2, 1], [1, 2])],
      inputs: { x: [1, 3] },
      outputs: { y: undefined }
    })
    await expectRefused(bytes, 'AGON_BAD_MODEL', ['MatMul node'])
  })

  it('an output shape that the file leaves out is inferred', async () => {
    const model = await readOnnx(
      file({ nodes: [node('Unsqueeze', ['x', 'axes'], ['y'])], weights: [ints('axes', [0])] })
    )
    expect(model.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [1, 'N', 4] }])
  })

  it('several inputs are kept, weights among the inputs are not', async () => {
    const nodes = [node('Add', ['x', 'w'], ['a']), node('Mul', ['a', 'z'], ['y'])]
    const inputs = { x: ['N', 4], w: [4], z: ['N', 4] }
    const model = await readOnnx(
      file({ nodes, inputs, weights: [floats('w', [4], [1, 2, 3, 4])], outputs: { y: ['N', 4] } })
    )
    expect(model.inputs.map(({ name }) => name)).toEqual(['x', 'z'])
    expect([...model.constants.keys()]).toEqual(['w'])
  })

  it('the first output is the output, or the one that is named', async () => {
    const made = file({ nodes: [relu, node('Neg', ['x'], ['z'])], outputs: { y: ['N', 4], z: ['N', 4] } })
    expect((await readOnnx(made)).outputs.map(({ name }) => name)).toEqual(['y'])
    const other = await readOnnx(made, { output: 'z' })
    expect([other.outputs.map(({ name }) => name), other.nodes.map(({ op }) => op)]).toEqual([['z'], ['Neg']])
    await expectRefused(made, 'AGON_UNKNOWN_NAME', ["output of model 'made'", 'y, z', "'w'"], { output: 'w' })
  })

  it('names of nodes are unique, whatever the file has', async () => {
    const nodes = ['a', 'b', 'c', 'y'].map((name, i, all) => ({
      ...node('Relu', [all[i - 1] ?? 'x'], [name]),
      name: i < 2 ? '' : 'same'
    }))
    const model = await readOnnx(file({ nodes }))
    expect(model.nodes.map(({ name }) => name)).toEqual(['Relu_0', 'Relu_1', 'same', 'same_2'])
  })

  it('nodes may come in any order', async () => {
    const model = await readOnnx(
      file({ nodes: [node('Neg', ['b'], ['y']), node('Abs', ['a'], ['b']), node('Relu', ['x'], ['a'])] })
    )
    expect(model.nodes.map(({ op }) => op)).toEqual(['Relu', 'Abs', 'Neg'])
  })

  it('nodes on constants are folded, unused ones dropped', async () => {
    const nodes = [node('Add', ['a', 'b'], ['s']), node('Mul', ['x', 's'], ['y']), node('Exp', ['x'], ['unused'])]
    const model = await readOnnx(file({ nodes, weights: [floats('a', [1], [1]), floats('b', [1], [2])] }))
    expect(model.nodes.map(({ op }) => op)).toEqual(['Mul'])
    expect([...model.constants]).toEqual([['s', { dtype: 'float32', shape: [1], data: Float32Array.of(3) }]])
  })

  it('a graph that is ten thousands of nodes deep is read', async () => {
    const names = ['x', ...Array.from({ length: 20_000 }, (_, i) => `v${i}`), 'y']
    const nodes = names
      .slice(1)
      .map((name, i) => node('Relu', [names[i]!], [name]))
      .reverse()
    expect((await readOnnx(file({ nodes, outputs: { y: ['N', 4] } }))).nodes).toHaveLength(20_001)
  })

  it('the name is the graph name or the given one; labels come from the option', async () => {
    const made = file({ nodes: [relu] })
    expect((await readOnnx(made)).name).toBe('made')
    const model = await readOnnx(made, { name: 'mine', labels: ['a', 'b', 'c', 'd'] })
    expect([model.name, model.labels]).toEqual(['mine', ['a', 'b', 'c', 'd']])
    await expectRefused(made, 'AGON_BAD_INPUT', ["labels of model 'made'", 'expected 4', 'found 2'], {
      labels: ['a', 'b']
    })
  })
})

describe('graphs that contradict themselves', () => {
  it.each<[string, Uint8Array, readonly string[]]>([
    ['a value that nothing makes', file({ nodes: [node('Add', ['x', 'w'], ['y'])] }), ["Add node 'Add_y'", "'w'"]],
    [
      'a value made twice',
      file({ nodes: [relu, node('Neg', ['x'], ['y'])] }),
      ["Neg node 'Neg_y'", "'y'", "node 'Relu_y'"]
    ],
    ['an input that a node makes', file({ nodes: [node('Neg', ['x'], ['x']), relu] }), ["Neg node 'Neg_x'", "'x'"]],
    [
      'two weights of a name',
      file({ nodes: [relu], weights: [floats('w', [], [1]), floats('w', [], [1])] }),
      ["weight 'w'"]
    ],
    [
      'a cycle',
      file({ nodes: [node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b']), node('Neg', ['b'], ['y'])] }),
      ['cycles', "'Add_a'"]
    ],
    ['a node that reads itself', file({ nodes: [node('Add', ['x', 'y'], ['y'])] }), ["Add node 'Add_y'", 'cycles']],
    ['an output that nothing makes', file({ nodes: [relu], outputs: { z: [1] } }), ["output 'z'"]],
    ['no output', file({ nodes: [relu], outputs: {} }), ['an output']],
    ['no input', file({ nodes: [relu], inputs: {} }), ["graph 'made'", 'an input']],
    ['a negative extent', file({ nodes: [relu], inputs: { x: [-5, 4] } }), ["input 'x'", '-5 at axis 0']],
    ['a node without an operator', file({ nodes: [node('', ['x'], ['y'])] }), ["node '_y'", 'an operator']],
    ['a node without inputs', file({ nodes: [node('Relu', [], ['y'])] }), ["Relu node 'Relu_y'", 'a first input']],
    ['too many inputs', file({ nodes: [node('Relu', ['x', 'x'], ['y'])] }), ["Relu node 'Relu_y'", 'inputs']],
    [
      'an unknown attribute',
      file({ nodes: [node('Relu', ['x'], ['y'], { slope: 1 })] }),
      ["Relu node 'Relu_y'", "'slope'"]
    ],
    [
      'an attribute of another kind',
      file({ nodes: [node('Flatten', ['x'], ['y'], { axis: [1] })] }),
      ["'axis'", "Flatten node 'Flatten_y'"]
    ],
    [
      'an attribute of another kind in an older form',
      file({ opset: 11, nodes: [node('Squeeze', ['x'], ['y'], { axes: 'all' })] }),
      ["'axes'", 'a list of numbers']
    ]
  ])('%s', async (_, bytes, parts) => {
    await expectRefused(bytes, bad, parts)
  })

  it('attributes named twice, references outside functions, inputs without shape, other kinds of input', async () => {
    const twice = {
      ...relu,
      attribute: [
        { name: 'a', type: 2, i: 1 },
        { name: 'a', type: 2, i: 1 }
      ]
    }
    await expectRefused(file({ nodes: [twice] }), bad, ["node 'Relu_y'", "two named 'a'"])
    const graph = { name: 'g', node: [relu], output: [value('y', [1])] }
    const encode = (input: object[]) =>
      onnx.ModelProto.encode({ opsetImport: [{ domain: '', version: 17 }], graph: { ...graph, input } }).finish()
    await expectRefused(encode([value('x', undefined)]), bad, ["input 'x'", 'a declared shape'])
    await expectRefused(encode([value('x', [1], 8)]), bad, ["input 'x'", 'string'])
    await expectRefused(encode([{ name: 'x', type: { sequenceType: {} } }]), bad, ["input 'x'", 'another type'])
    await expectRefused(encode([value('x', [1]), value('x', [1])]), bad, ["input 'x'", 'two of that name'])
  })
})
