import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contest, example, explain, type Contest, type Method, type PassOptions, type Session } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { readOnnx } from '@agon/onnx'
import { bf16Roundings, dataFolder, modelOf, opCases, relativeError, tinyModels } from '@agon/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { cpuEngine, load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'

const bf16: PassOptions = { precision: 'bf16' }
const timesInput: Method = { name: 'times-input', pass: { cotangent: 'one', multiply: 'input' } }
const data = dataFolder()

describe('rounding, with factors of 1 beside it', () => {
  const rows = bf16Roundings.filter(([, from]) => (from & 0x7f800000) !== 0x7f800000)
  const floats = new Float32Array(Uint32Array.from(rows, ([, from]) => from).buffer)
  const expected = Uint32Array.from(rows, ([, , to]) => to)
  const bits = (found: Float32Array) => [...new Uint32Array(Float32Array.from(found).buffer)]
  // What is -0 comes out of a sum, and so as 0.
  const plus = [...expected].map((of) => (of === 0x80000000 ? 0 : of))

  it('of the cotangents', async () => {
    const session = await load(modelOf('one', [1], (m) => m.add('MatMul', [m.input, m.floats([1, 1], [1])])))
    const cotangents = { shape: [floats.length, 1, 1], data: floats }
    const found = await session.vjp({ shape: [1, 1], data: Float32Array.of(1) }, cotangents, bf16)
    expect(bits(found.data)).toEqual(plus)
  })

  it('of the weights', async () => {
    const model = modelOf('weights', [floats.length], (m) =>
      m.add('MatMul', [m.input, m.floats([floats.length, 1], [...floats])])
    )
    const input = { shape: [1, floats.length], data: new Float32Array(floats.length) }
    const found = await (await load(model)).vjp(input, { labels: [[0]] }, bf16)
    expect(bits(found.data)).toEqual(plus)
  })
})

describe('bf16 against the reference engine', () => {
  it.each(opCases.map((one) => [one.name, one] as const))('%s', async (_, { model, input, tolerance }) => {
    const [session, oracle] = [await load(model), await createReferenceEngine().load(model)]
    const batch = input(11, 2)
    const { shape } = await oracle.forward(batch)
    const cotangents = randomTensor([3, ...shape], 5)
    const found = await session.vjp(batch, cotangents, bf16)
    session.dispose()
    // The cotangents of one product are the same floats in both engines, and so are their roundings; further down they may fall on either side of a tie.
    const products = model.nodes.filter(({ op }) => /^Conv|^MatMul$|^Gemm$/.test(op)).length
    const error = relativeError(found.data, (await oracle.vjp(batch, cotangents, bf16)).data)
    expect(error).toBeLessThan(products > 1 ? 2 ** -8 : tolerance)
  })

  it.each(tinyModels().map((tiny) => [tiny.model.name, tiny] as const))('%s', async (_, { model, labels }) => {
    const [session, oracle] = [await load(model), await createReferenceEngine().load(model)]
    const input = randomTensor([2, ...model.inputs[0]!.shape.slice(1).map(Number)])
    const seeds = { labels: [range(labels), range(labels)] }
    const [found, full] = [await session.vjp(input, seeds, bf16), await session.vjp(input, seeds)]
    const expected = await oracle.vjp(input, seeds, bf16)
    expect(relativeError(found.data, expected.data)).toBeLessThan(2 ** -9)
    expect(relativeError(full.data, expected.data)).toBeLessThan(2 ** -6)
    expect(sameBits(found.data, full.data)).toBe(false)
  })
})

describe('results in bf16', () => {
  const K = 130
  const input = randomTensor([5, 3, 12, 12])
  const labels = range(5).map(() => range(K))
  const options = { ...bf16, multiply: 'input', sumAxis: 1, maps: labels.map(() => [1, 129]) } as const
  let expected: Contest
  beforeAll(async () => {
    expected = await (await load(smallNet(K), 1)).contest(input, labels, options)
  })

  async function expectSame(session: Session, more: PassOptions = {}): Promise<void> {
    const found = await session.contest(input, labels, { ...options, ...more })
    for (const name of ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const)
      expect(sameBits(found[name], expected[name]), name).toBe(true)
    expect(sameBits(found.maps.data, expected.maps.data), 'maps').toBe(true)
  }

  it.each([2, 3, 8])('are the same bits for %d threads', async (threads) =>
    expectSame(await load(smallNet(K), threads))
  )

  it.each([300_000, 1_000_000])('are the same bits for a budget of %d bytes', async (memory) =>
    expectSame(await load(smallNet(K)), { memory })
  )

  it('are the same bits whatever the choice of batches, and for each example alone', async () => {
    await expectSame(await cpuEngine(2, { batch: 'always' }).load(smallNet(K)))
    const session = await load(smallNet(K))
    const [gradients, alone] = [
      await session.vjp(input, { labels: labels.map(() => [7]) }, bf16),
      await session.vjp(example(input, 3), { labels: [[7]] }, bf16)
    ]
    expect(sameBits(alone.data, gradients.data.subarray(3 * 432, 4 * 432))).toBe(true)
  })

  it('are the same within rounding through a waist', async () => {
    const through = await cpuEngine(2, { waist: 'always' }).load(smallNet(K))
    const found = await through.contest(input, labels, options)
    expect(relativeError(found.best, expected.best)).toBeLessThan(2 ** -6)
  })

  it('hold with respect to a value in the middle', async () => {
    const model = smallNet(K)
    const wrt = model.nodes[0]!.outputs[0]!
    const [session, oracle] = [await load(model), await createReferenceEngine().load(model)]
    const some = [[3, 77, 129]]
    const [found, full, reference] = [
      await session.contest(example(input, 0), some, { ...bf16, wrt }),
      await session.contest(example(input, 0), some, { wrt }),
      await oracle.contest(example(input, 0), some, { ...bf16, wrt })
    ]
    expect(relativeError(found.best, reference.best)).toBeLessThan(2 ** -9)
    expect(sameBits(found.best, full.best)).toBe(false)
  })

  it('leave fp32 as it is', async () => {
    const session = await load(smallNet(K))
    const seeds = { labels: labels.map(() => [0, 64]) }
    const before = await session.vjp(input, seeds)
    await session.vjp(input, seeds, bf16)
    const named = await session.vjp(input, seeds, { precision: 'fp32' })
    expect(sameBits(named.data, before.data)).toBe(true)
  })

  it('refuse a precision that does not exist', async () => {
    const session = await load(smallNet(K))
    const wrong = { precision: 'fp8' as 'bf16' }
    for (const run of [session.contest(input, labels, wrong), session.vjp(input, { labels }, wrong)])
      await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
  })
})

describe.skipIf(!data)('a trained net in bf16 (needs the test data folder)', () => {
  it('keeps nearly all decisions, as measured with the run', async () => {
    const file = join(data!, 'models', 'resnet20-cifar10', 'model.onnx')
    const session = await load(await readOnnx(readFileSync(file)))
    const input = randomTensor([2, 3, 32, 32])
    const found = await contest(session, input, timesInput, bf16)
    const { iou, labels } = found.precision!
    expect(labels).toEqual([range(10), range(10)])
    for (const one of iou) expect(one > 0.9 && one <= 1, `IoU ${one}`).toBe(true)
    const fp32 = await contest(session, input, timesInput)
    expect(fp32.precision).toBeUndefined()
    expect(sameBits(fp32.best, found.best)).toBe(false)
    await expect(explain(session, input, timesInput, bf16)).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
  })
})
