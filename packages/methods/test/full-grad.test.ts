import { completeness, explain, sumAxis, tensor } from '@agon/core'
import { fullGrad, gradientTimesInput } from '@agon/methods'
import { modelOf, relativeError, tinyCnn, tinyConcat, tinyMlp, tinyResidual, type TinyModel } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { areaTaps, resample } from '../src/layers/resample.js'
import { engine, normals } from './nets.js'

async function explained(tiny: TinyModel, method = fullGrad(), target: number | number[] = 0, examples = 1) {
  const shape = [examples, ...tiny.inputShape.slice(1)]
  const input = {
    shape,
    data: normals(
      examples,
      shape.slice(1).reduce((a, b) => a * b)
    ).data
  }
  return explain(await engine.load(tiny.model), input, method, { target })
}

describe('full gradients', () => {
  it.each([tinyCnn(), tinyResidual(), tinyConcat()])(
    'add up to the logit of every label: $model.name',
    async (tiny) => {
      for (let label = 0; label < tiny.labels; label++) {
        const target = [label, tiny.labels - 1 - label]
        const explanation = await explained(tiny, fullGrad(), target, 2)
        for (const n of [0, 1]) {
          const found = completeness(fullGrad(), explanation, n)!
          expect(found.relativeGap).toBeLessThan(1e-5)
          expect(found.baselineLogit).toBe(0)
        }
      }
      const { gap, logit } = completeness(gradientTimesInput(), await explained(tiny, gradientTimesInput(), 0))!
      expect(Math.abs(gap / logit)).toBeGreaterThan(1e-3)
    }
  )

  it('without biases are gradient (.) input, summed over the channels', async () => {
    const tiny = tinyCnn({ biases: false })
    const shares = sumAxis((await explained(tiny, gradientTimesInput())).attribution, 1)
    expect(relativeError((await explained(tiny)).attribution.data, shares.data)).toBeLessThan(1e-6)
  })

  it('leave a gap, which is told, where something else than a bias is not homogeneous', async () => {
    const model = modelOf('tanh', [1, 3, 3], (b) => {
      const hidden = b.add('Tanh', [b.add('Conv', [b.input, b.weights([2, 1, 2, 2])])])
      return b.add('Gemm', [b.add('Flatten', [hidden]), b.weights([8, 2])])
    })
    const explanation = await explained({ model, inputShape: [1, 1, 3, 3], labels: 2, homogeneous: false })
    expect(completeness(fullGrad(), explanation)!.relativeGap).toBeGreaterThan(0.01)
  })

  it('as the saliency of the paper are never negative, and claim no sum', async () => {
    const explanation = await explained(tinyCnn(), fullGrad({ post: 'abs-scaled' }))
    expect(explanation.attribution.shape).toEqual([1, 1, 8, 8])
    expect(explanation.attribution.data.every((value) => value >= 0)).toBe(true)
    expect(explanation.attribution.data.some((value) => value > 0)).toBe(true)
    expect(completeness(fullGrad(), explanation)).toBeUndefined()
  })

  it('are 0 as saliency where all shares of a term are equal', async () => {
    const model = modelOf('constant', [1, 2, 2], (b) => {
      const shifted = b.add('Add', [b.input, b.floats([1], [3])])
      return b.add('Flatten', [b.add('GlobalAveragePool', [shifted])])
    })
    const session = await engine.load(model)
    const run = async (post: 'none' | 'abs-scaled') =>
      (await explain(session, tensor([1, 1, 2, 2], [1, 2, 3, 5]), fullGrad({ post }))).attribution.data
    expect([...(await run('none'))]).toEqual([1, 1.25, 1.5, 2])
    expect([...(await run('abs-scaled'))]).toEqual([0, 0.25, 0.5, 1])
  })

  it('refuse inputs that are no pictures, and unknown options', async () => {
    await expect(explained(tinyMlp())).rejects.toMatchObject({
      code: 'AGON_BAD_INPUT',
      what: 'input of full-grad',
      expected: 'pictures [N,C,H,W]'
    })
    expect(() => fullGrad({ post: 'abs-scale' as never })).toThrow(/'post' of full-grad.*Did you mean 'abs-scaled'/)
  })
})

describe('spreading over an area', () => {
  it.each([
    [3, 3, 8, 8],
    [5, 4, 3, 9],
    [7, 2, 7, 1]
  ])('keeps the sum: %d x %d to %d x %d', (height, width, toHeight, toWidth) => {
    const plane = Float64Array.from(normals(1, height * width).data)
    const made = resample(plane, width, areaTaps(height, toHeight), areaTaps(width, toWidth))
    expect(made.length).toBe(toHeight * toWidth)
    expect(made.reduce((a, b) => a + b)).toBeCloseTo(
      plane.reduce((a, b) => a + b),
      12
    )
  })

  it('gives every pixel its part of the positions that cover it', () => {
    const taps = areaTaps(2, 3)
    expect([...resample(Float64Array.of(6, 12), 2, areaTaps(1, 1), taps)]).toEqual(
      [4, 6, 8].map((v) => expect.closeTo(v, 12) as number)
    )
  })
})
