import { createReferenceEngine } from '@agon/engine-reference'
import { bf16Roundings, modelOf, opCases, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { toBf16 } from '../src/bf16.js'

const bits = new Uint32Array(1)
const floats = new Float32Array(bits.buffer)
const floatOf = (of: number) => ((bits[0] = of), floats[0]!)
const bitsOf = (value: number) => ((floats[0] = value), bits[0]!)

describe('rounding to bfloat16', () => {
  it.each(bf16Roundings)('%s', (_, from, to) => expect(bitsOf(toBf16(floatOf(from)))).toBe(to))
  it('NaN stays NaN', () => expect(toBf16(NaN)).toBeNaN())
})

describe('a backward pass in bf16', () => {
  it('rounds both factors of a matrix product and neither their product nor their sum', async () => {
    const [w, g] = [
      [0.1, 0.2, -0.3],
      [0.7, -1.1, 1.3]
    ]
    const model = modelOf('product', [1], (m) => m.add('MatMul', [m.input, m.floats([1, 3], w)]))
    const session = await createReferenceEngine().load(model)
    const input = { shape: [1, 1], data: Float32Array.of(2) }
    const cotangents = { shape: [1, 1, 3], data: Float32Array.from(g) }
    const found = await session.vjp(input, cotangents, { precision: 'bf16' })
    const expected = w.reduce((sum, value, i) => sum + toBf16(value) * toBf16(Math.fround(g[i]!)), 0)
    expect(found.data[0]).toBe(Math.fround(expected))
    const fp32 = await session.vjp(input, cotangents)
    expect(relativeError(found.data, fp32.data)).toBeGreaterThan(1e-4)
  })

  it('is that of fp32 for operators without such products, and within 2^-7 for the others', async () => {
    const [others, mixing] = [new Set<string>(), new Set<string>()]
    for (const { model, input, name } of opCases) {
      const session = await createReferenceEngine().load(model)
      const batch = input(11, 1)
      const { shape, data } = await session.forward(batch)
      const cotangents = { shape: [1, ...shape], data: data.map((_, i) => Math.sin(i + 1)) }
      const [low, full] = [
        await session.vjp(batch, cotangents, { precision: 'bf16' }),
        await session.vjp(batch, cotangents, { precision: 'fp32' })
      ]
      const mixes = model.nodes.some(({ op }) => ['Conv', 'ConvTranspose', 'MatMul', 'Gemm'].includes(op))
      if (mixes) expect(relativeError(low.data, full.data), name).toBeLessThan(2 ** -7)
      else expect(low.data, name).toEqual(full.data)
      for (const { op } of model.nodes) (mixes ? mixing : others).add(op)
    }
    expect(others.size).toBeGreaterThan(40)
    expect([...mixing]).toEqual(expect.arrayContaining(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']))
  })

  it('is refused in what is no precision', async () => {
    const { model, input } = opCases.find(({ model: of }) => of.nodes[0]!.op === 'Conv')!
    const session = await createReferenceEngine().load(model)
    await expect(session.vjp(input(1, 1), { labels: [[0]] }, { precision: 'fp8' as 'bf16' })).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION'
    })
  })
})
