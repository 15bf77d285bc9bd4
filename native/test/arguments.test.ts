import { beforeAll, describe, expect, it } from 'vitest'
import type { BackwardRules, Session } from '@agon/core'
import { cpuEngine, load, randomTensor } from './helpers.js'
import { smallNet } from './models.js'

const input = randomTensor([1, 3, 12, 12])

describe('arguments that do not fit are refused', () => {
  let session: Session
  beforeAll(async () => {
    session = await load(smallNet(10))
  })

  const fails = (promise: Promise<unknown>, code: string) =>
    expect(promise).rejects.toMatchObject({ name: 'AgonError', code })

  it.each([NaN, Infinity, -Infinity])('an input with %d', async (bad) => {
    const data = input.data.slice()
    data[17] = bad
    await fails(session.forward({ shape: input.shape, data }), 'AGON_NOT_FINITE')
    await fails(session.contest({ shape: input.shape, data }, [[0]]), 'AGON_NOT_FINITE')
  })

  it('inputs of another shape, and with too few values', async () => {
    await fails(session.forward(randomTensor([1, 3, 11, 12])), 'AGON_BAD_INPUT')
    await fails(session.forward(randomTensor([3, 12, 12])), 'AGON_BAD_INPUT')
    await fails(session.forward(randomTensor([0, 3, 12, 12])), 'AGON_BAD_INPUT')
    await fails(session.forward({ shape: input.shape, data: input.data.subarray(1) }), 'AGON_BAD_INPUT')
  })

  it('labels that do not exist, or not for every example', async () => {
    for (const labels of [[[10]], [[-1]], [[0.5]], [[0], [1]], [[]], []]) {
      await fails(session.vjp(input, { labels }), 'AGON_BAD_INPUT')
      await fails(session.contest(input, labels), 'AGON_BAD_INPUT')
    }
    await fails(session.contest(input, [[0, 1]], { maps: [[2]] }), 'AGON_BAD_INPUT')
  })

  it('cotangents of another shape or not finite', async () => {
    await fails(session.vjp(input, randomTensor([2, 1, 9])), 'AGON_BAD_INPUT')
    await fails(session.vjp(input, randomTensor([1, 10])), 'AGON_BAD_INPUT')
    const bad = { shape: [1, 1, 10], data: new Float32Array(10).fill(NaN) }
    await fails(session.vjp(input, bad), 'AGON_NOT_FINITE')
  })

  it('unknown values, with the nearest name', async () => {
    await fails(session.vjp(input, { labels: [[0]] }, { wrt: 'relu1_ut' }), 'AGON_UNKNOWN_NAME')
    await expect(session.forward(input, { at: 'relu1_ut' })).rejects.toThrow("Did you mean 'relu1_out'?")
    await fails(session.contest(input, [[0]], { wrt: 'nothing' }), 'AGON_UNKNOWN_NAME')
  })

  it('constants and folded values, saying so', async () => {
    await expect(session.vjp(input, { labels: [[0]] }, { wrt: 'c0' })).rejects.toThrow('is a constant')
  })

  it('an axis, a baseline and a budget that do not fit', async () => {
    await fails(session.contest(input, [[0]], { sumAxis: 0 }), 'AGON_BAD_OPTION')
    await fails(session.contest(input, [[0]], { sumAxis: 4 }), 'AGON_BAD_OPTION')
    const baseline = randomTensor([1, 7])
    await fails(session.contest(input, [[0]], { multiply: 'input-minus-baseline', baseline }), 'AGON_BAD_INPUT')
    await fails(session.vjp(input, { labels: [[0]] }, { memory: NaN }), 'AGON_BAD_OPTION')
    await fails(session.vjp(input, { labels: [[0]] }, { memory: 100 }), 'AGON_OUT_OF_BUDGET')
  })

  it('backward rules that do not exist, and names of no node or operator, with the nearest', async () => {
    const pass = (rules: BackwardRules) => session.vjp(input, { labels: [[0]] }, { rules })
    await fails(pass({ byOp: { Relu: 'guide' } }), 'AGON_NO_RULE')
    await fails(session.contest(input, [[0]], { rules: { byOp: { Relu: 'guide' } } }), 'AGON_NO_RULE')
    await expect(pass({ byOp: { Relu: 'guide' } })).rejects.toThrow("Did you mean 'guided'?")
    await fails(pass({ byOp: { Rleu: 'guided' } }), 'AGON_UNKNOWN_NAME')
    await fails(pass({ byNode: { relu_1: 'guided' } }), 'AGON_UNKNOWN_NAME')
    await fails(pass({ byOp: { Conv: 'guided' } }), 'AGON_NO_RULE')
    await fails(pass({ byOp: { Elu: 'guided' } }), 'AGON_NO_RULE')
    await fails(pass({ byOp: { Relu: { rule: 'guided', strength: 2 } } }), 'AGON_BAD_OPTION')
    await expect(pass({})).resolves.toBeDefined()
  })

  it('any call after dispose()', async () => {
    const gone = await load(smallNet(3))
    gone.dispose()
    gone.dispose()
    await fails(gone.forward(input), 'AGON_DISPOSED')
    await fails(gone.vjp(input, { labels: [[0]] }), 'AGON_DISPOSED')
    await fails(gone.contest(input, [[0]]), 'AGON_DISPOSED')
  })
})

describe('values of the graph', () => {
  it('are computed and differentiated by name', async () => {
    const session = await load(smallNet(10))
    const relu = await session.forward(input, { at: 'relu1_out' })
    expect(relu.shape).toEqual([1, 10, 12, 12])
    expect(relu.data.every((value) => value >= 0)).toBe(true)
    expect((await session.vjp(input, { labels: [[0, 1]] }, { wrt: 'relu1_out' })).shape).toEqual([2, 1, 10, 12, 12])
  })
})

describe('models that cannot be run', () => {
  it('are refused when they are loaded, naming every node', async () => {
    const model = smallNet(3)
    const nodes = model.nodes.map((node) => (node.op === 'Tanh' ? { ...node, op: 'Mystery' } : node))
    await expect(cpuEngine().load({ ...model, nodes })).rejects.toMatchObject({ code: 'AGON_UNSUPPORTED_OPERATOR' })
    await expect(cpuEngine().load({ ...model, nodes })).rejects.toThrow(/Mystery/)
  })
})
