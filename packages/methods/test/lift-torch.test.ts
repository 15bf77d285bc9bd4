import { attribute, createRandom, example, type Random } from '@agon/core'
import { gradientShap } from '@agon/methods'
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
