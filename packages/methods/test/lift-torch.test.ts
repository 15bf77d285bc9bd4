import { attribute, createRandom, example, type Method, type Random, type Tensor } from '@agon/core'
import { deepLift, deepLiftShap, gradientShap } from '@agon/methods'
import { relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { liftTruths, type LiftTruth } from './lift-truth.js'
import { engine } from './nets.js'

const labels = [0, 1, 2]

/** Streams that give the draws of the script: a baseline and a place for every path, normals for every noise. */
function drawn({ rows, places, noise }: LiftTruth): Random {
  const size = noise.length / rows.length
  const random = createRandom(0)
  return {
    ...random,
    fork: (_purpose, _n, k) => ({
      ...random,
      integer: () => rows[Number(k)]!,
      uniform: () => places[Number(k)]!,
      normals: (into) => into.set(noise.subarray(Number(k) * size, (Number(k) + 1) * size))
    })
  }
}

describe.each(liftTruths)('on the net $name', (truth) => {
  const { model, baselines, sigma, rows } = truth

  it('the logits are those of PyTorch', async () => {
    const { data } = await (await engine.load(model)).forward(truth.input)
    expect(relativeError(data, truth.logits)).toBeLessThan(1e-6)
  })

  const all = async (method: Method): Promise<Tensor> => {
    const session = await engine.load(model)
    const [input, logits] = [truth.input, await session.forward(truth.input)]
    const targets = [labels, labels]
    const random = createRandom(0)
    const context = { session, input, logits, targets, contestants: targets, random, note: () => undefined }
    return (await attribute(method, context)).attribution
  }
  const baseline = { shape: truth.input.shape, data: baselines.data.slice(0, truth.input.data.length) }

  it('DeepLIFT by the rescale rule is that of Captum', async () => {
    const { shape, data } = await all(deepLift({ baseline }))
    expect(shape).toEqual([3, ...truth.input.shape])
    expect(relativeError(data, truth.rescale)).toBeLessThan(1e-5)
  })

  it('DeepLIFT over several baselines is that of Captum', async () => {
    expect(relativeError((await all(deepLiftShap({ baselines }))).data, truth.shap)).toBeLessThan(1e-5)
  })

  it.runIf(truth.revealCancel)('DeepLIFT by the reveal-cancel rule is that of the definition', async () => {
    const local = await all(deepLift({ baseline, rule: 'reveal-cancel', multiplier: 'local' }))
    expect(relativeError(local.data, truth.revealCancel!)).toBeLessThan(1e-5)
    expect(
      relativeError((await all(deepLift({ baseline, multiplier: 'local' }))).data, truth.revealCancel!)
    ).toBeGreaterThan(0.01)
  })

  it('GradientSHAP is that of Captum', async () => {
    const session = await engine.load(model)
    const input = example(truth.input, 0)
    const [logits, targets] = [await session.forward(input), [labels]]
    const context = {
      session,
      input,
      logits,
      targets,
      contestants: targets,
      random: drawn(truth),
      note: () => undefined
    }
    const { attribution } = await attribute(gradientShap({ baselines, sigma, samples: rows.length }), context)
    expect(relativeError(attribution.data, truth.gradientShap)).toBeLessThan(1e-5)
  })
})
