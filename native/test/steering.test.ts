import { modelOf, randomModel, withSteering } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { compareWay, hasWay, planned } from './compare-ways.js'
import { cpuEngine, randomTensor, range } from './helpers.js'
import { replayable, trialOf } from './random-graphs.js'
import { checkBits } from './random-graphs-bits.js'
import { checkReference, type Tally } from './random-graphs-reference.js'

const engines = [1, 2].map((threads) => cpuEngine(threads))

describe('random graphs with operators that steer the backward pass', () => {
  it.each(range(16))('seed %d: equals the reference engine, and the same bits however it is run', async (seed) => {
    const tally: Tally = { forward: 0, vjp: 0, decisions: 0, differing: 0, cancelling: 0, skipped: 0 }
    const trial = await trialOf(seed, withSteering(randomModel(seed), seed))
    await replayable(trial, async () => {
      const sessions = await Promise.all(engines.map((engine) => engine.load(trial.model)))
      await checkReference(sessions[1]!, trial, tally)
      await checkBits(sessions, trial)
      sessions.forEach((session) => session.dispose())
    })
  })
})

/** `[N, 3, 8, 8]` -> 50 labels behind 6 units, with a Rectify behind the convolution or behind the units. */
const narrow = (rectified: 'below' | 'above') =>
  modelOf('rectified', [3, 8, 8], (b) => {
    const conv = b.add('Conv', [b.input, b.weights([4, 3, 3, 3], 0.2)], { kernel_shape: [3, 3] })
    const hidden = b.add('Tanh', [rectified === 'below' ? b.add('Rectify', [conv]) : conv])
    const units = b.add('Gemm', [b.add('Flatten', [hidden]), b.weights([144, 6], 0.1)])
    const steered = rectified === 'above' ? b.add('Rectify', [units]) : units
    return b.add('Gemm', [b.add('Tanh', [steered]), b.weights([6, 50])])
  })

describe('ways that combine cotangents linearly', () => {
  const input = randomTensor([1, 3, 8, 8])
  const [never, always] = [
    cpuEngine(2, { waist: 'never', meet: 'never' }),
    cpuEngine(2, { waist: 'always', meet: 'never' })
  ]

  it('do not lead through a Rectify: units above it are not carried down', async () => {
    const session = await always.load(narrow('below'))
    const { plan } = await planned(session, input, [range(50)])
    expect(hasWay(plan, 'waist')).toBe(false)
    await compareWay('waist', never, always, narrow('below'), input, {}, { decisions: 0, differing: 0 })
  })

  it('are taken below it', async () => {
    const tally = { decisions: 0, differing: 0 }
    expect(await compareWay('waist', never, always, narrow('above'), input, {}, tally)).toBe(true)
  })
})
