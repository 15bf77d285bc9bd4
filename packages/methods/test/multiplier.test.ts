import { competitive, explain, multiplierOf, type Method } from '@agon/core'
import * as all from '@agon/methods'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine, normals } from './nets.js'

/** Logits W x: what a map is multiplied by can be read off it. */
const model = modelOf('linear', [4], (b) => b.add('Gemm', [b.input, b.weights([3, 4])], { transB: 1 }), 6)
const weights = ([...model.constants.values()][0]!.data as Float32Array).subarray(0, 4)
const input = normals(1, 4)
const baseline = normals(1, 4, 9)

const factors = {
  none: () => 1,
  input: (i: number) => input.data[i]!,
  'input-minus-baseline': (i: number) => input.data[i]! - baseline.data[i]!
}

describe('what maps are multiplied by', () => {
  const element = { granularity: 'element' } as const
  it.each<[string, Method, keyof typeof factors]>([
    ['gradient', all.gradient(), 'none'],
    ['global gradient', all.gradient({ multiplier: 'global' }), 'input-minus-baseline'],
    ['gradient-times-input', all.gradientTimesInput(), 'input'],
    ['lrp', all.lrp({ rule: 'zero' }), 'input'],
    ['integrated-gradients', all.integratedGradients(), 'input-minus-baseline'],
    ['local integrated-gradients', all.integratedGradients({ multiplier: 'local' }), 'none'],
    ['expected-gradients', all.expectedGradients(), 'input-minus-baseline'],
    ['local expected-gradients', all.expectedGradients({ multiplier: 'local' }), 'none'],
    ['gradient-shap', all.gradientShap(), 'input-minus-baseline'],
    ['local gradient-shap', all.gradientShap({ multiplier: 'local' }), 'none'],
    ['deep-lift', all.deepLift(), 'input-minus-baseline'],
    ['local deep-lift', all.deepLift({ multiplier: 'local' }), 'none'],
    ['deep-lift-shap', all.deepLiftShap(), 'input-minus-baseline'],
    ['local deep-lift-shap', all.deepLiftShap({ multiplier: 'local' }), 'none'],
    ['smooth-grad', all.smoothGrad({ samples: 2 }), 'none'],
    ['occlusion', all.occlusion(), 'input-minus-baseline'],
    ['feature-ablation', all.featureAblation(), 'input-minus-baseline'],
    ['shapley-sampling', all.shapleySampling(), 'input-minus-baseline'],
    ['kernel-shap', all.kernelShap(), 'input-minus-baseline'],
    ['lime', all.lime({ ridge: 1e-6 }), 'input-minus-baseline'],
    ['competitive-gradient', all.competitiveGradient(element), 'none'],
    ['cgi', all.cgi(element), 'input'],
    ['a competition of a program', competitive(all.integratedGradients(), element), 'input-minus-baseline']
  ])('%s', async (name, method, multiplier) => {
    expect(multiplierOf(method)).toBe(multiplier)
    const { attribution } = await explain(await engine.load(model), input, method, { target: 0, baseline })
    const isKept = (value: number): boolean => value !== 0 || !/compet|cgi/.test(name)
    const found = Array.from(attribution.data).map((value, i) => [i, value] as const)
    const kept = found.filter(([, value]) => isKept(value))
    expect(kept.length).toBeGreaterThan(0)
    for (const [i, value] of kept) expect(value).toBeCloseTo(weights[i]! * factors[multiplier](i), 3)
  })

  it('a base that smooth-grad averages says it for both; squares and variances have no such reading', () => {
    expect(multiplierOf(all.smoothGrad({ base: all.gradientTimesInput() }))).toBe('input')
    for (const method of [all.varGrad(), all.smoothGradSquared(), all.rise(), all.gradCam()]) {
      expect(multiplierOf(method)).toBeUndefined()
    }
    expect(multiplierOf(all.fullGrad())).toBe('input')
    expect(multiplierOf(all.fullGrad({ post: 'abs-scaled' }))).toBeUndefined()
  })
})
