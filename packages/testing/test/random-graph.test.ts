import type { Model } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { removeDeadNodes, validate } from '@agon/graph'
import { describe, expect, it } from 'vitest'
import { inputAwayFromKinks, kinkDistance, modelOf, nodeList, randomModel, type ModelBuilder } from '../src/index.js'

const seeds = Array.from({ length: 200 }, (_, seed) => seed)
const models = seeds.map((seed) => randomModel(seed))

/** Operators that any hundred random graphs or so should hold. */
const common =
  'Conv ConvTranspose BatchNormalization InstanceNormalization LayerNormalization Relu LeakyRelu Clip HardSwish HardSigmoid Sigmoid Tanh Gelu Elu ' +
  'Softplus MaxPool AveragePool GlobalAveragePool GlobalMaxPool ReduceMean ReduceMax Add Mul Div Concat Slice Split Transpose Reshape Flatten Pad ' +
  'Gather MatMul Softmax Gemm'

describe('random graphs', () => {
  it('are the same for a seed, and others for another', () => {
    for (const seed of [0, 1, 17]) expect(randomModel(seed)).toEqual(models[seed])
    expect(new Set(models.map(nodeList)).size).toBe(models.length)
  })

  it('are valid classifiers of 4 to 45 nodes, none of them dead', () => {
    for (const model of models) {
      validate(model)
      expect(model.outputs[0]!.shape, nodeList(model)).toHaveLength(2)
      expect(model.nodes.length).toBeGreaterThanOrEqual(2)
      expect(model.nodes.length).toBeLessThanOrEqual(45)
      expect(removeDeadNodes(model).nodes).toHaveLength(model.nodes.length)
    }
  })

  it('hold every common operator, from 2 to 130 labels', () => {
    const found = new Set(models.flatMap(({ nodes }) => nodes.map(({ op }) => op)))
    expect(common.split(' ').filter((op) => !found.has(op))).toEqual([])
    const labels = models.map(({ outputs }) => Number(outputs[0]!.shape[1]))
    expect([Math.min(...labels), Math.max(...labels)]).toEqual([2, 130])
  })

  it('take kind, labels and nodes as options', () => {
    for (const kind of ['picture', 'tokens', 'text', 'patches', 'vector'] as const) {
      const [model, longer] = [randomModel(3, { kind, labels: 9, nodes: 4 }), randomModel(3, { kind, nodes: 30 })]
      expect(model.outputs[0]!.shape[1]).toBe(9)
      expect(longer.nodes.length).toBeGreaterThan(model.nodes.length)
    }
  })

  it('are printed with every node and shape', () => {
    const text = nodeList(models[5]!)
    for (const { op, outputs } of models[5]!.nodes) expect(text).toMatch(new RegExp(`${outputs[0]}\\[.*\\] = ${op}\\(`))
  })
})

describe('the distance from the nearest kink', () => {
  const distance = async (model: Model, values: readonly number[]): Promise<number> => {
    const shape = [1, ...model.inputs[0]!.shape.slice(1).map(Number)]
    const session = await createReferenceEngine().load(model)
    return kinkDistance(model, session, { shape, data: Float32Array.from(values) })
  }
  const of = (shape: readonly number[], build: (m: ModelBuilder) => string): Model => modelOf('kinks', shape, build)

  it('is the smallest argument of a Relu that is not exactly 0', async () => {
    expect(
      await distance(
        of([3], (m) => m.add('Relu', [m.input])),
        [0.5, -0.25, 0]
      )
    ).toBe(0.25)
  })

  it('is the lead of the largest element of a max window', async () => {
    const pool = of([1, 4], (m) => m.add('MaxPool', [m.input], { kernel_shape: [2], strides: [2] }))
    expect(await distance(pool, [1, 3, 7, 6.5])).toBe(0.5)
    expect(await distance(pool, [1, 3, 0, 0])).toBe(2)
    expect(await distance(pool, [1, 3, 5, 5])).toBe(0)
  })

  it('counts from both bounds of Clip and both corners of HardSwish and HardSigmoid', async () => {
    const clip = of([1], (m) => m.add('Clip', [m.input, m.floats([], [-1]), m.floats([], [2])]))
    expect(await distance(clip, [1.5])).toBe(0.5)
    expect(
      await distance(
        of([1], (m) => m.add('HardSwish', [m.input])),
        [-2.5]
      )
    ).toBe(0.5)
    expect(
      await distance(
        of([1], (m) => m.add('HardSigmoid', [m.input])),
        [2]
      )
    ).toBeCloseTo(0.5, 5)
  })

  it('is small where a normalised row hardly varies', async () => {
    const model = of([3], (m) => m.add('LayerNormalization', [m.input, m.floats([3], [1, 1, 1])]))
    expect(await distance(model, [1, 2, 3])).toBeCloseTo(Math.sqrt(2 / 3) / 100, 6)
    expect(await distance(model, [0, 0, 3])).toBe(0)
    expect(await distance(model, [0, 0, 0])).toBe(Infinity)
  })

  it('is kept by the inputs that are drawn, and is why none is drawn where all are near', async () => {
    const session = await createReferenceEngine().load(models[3]!)
    const input = await inputAwayFromKinks(models[3]!, session, 1, 1e-3)
    expect(await kinkDistance(models[3]!, session, input!)).toBeGreaterThanOrEqual(1e-3)
    expect(await inputAwayFromKinks(models[3]!, session, 1, 10, 3)).toBeUndefined()
  })
})
