import { createRandom, type Check, type Model, type Trial } from '@agon/core'
import { tinyCnn, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import {
  bottomUp,
  cascading,
  checks,
  dataRandomization,
  emprt,
  identity,
  independent,
  randomLogit,
  smprt,
  weightedLayers
} from '../src/index.js'
import { changedIn, floatsOf } from './nets.js'

const { model } = tinyResidual()
const layers = weightedLayers(model)
const names = layers.map(({ name }) => name)
const constantsOf = (wanted: readonly string[]) =>
  layers
    .filter(({ name }) => wanted.includes(name))
    .flatMap(({ parameters }) => parameters.map(({ constant }) => constant))

async function trialOf(check: Check, step: number, draw: number, seed = 0, of = model): Promise<Trial> {
  return check.trial(of, step, draw, createRandom(seed).fork('check', check.name))
}

async function modelAt(check: Check, step: number, draw: number, seed = 0): Promise<Model> {
  return (await trialOf(check, step, draw, seed)).model!
}

describe('checks that draw weights anew', () => {
  it('cascading: from the logits down, cumulatively, from the trained model', async () => {
    const check = cascading()
    expect(check.steps(model).map(({ name }) => name)).toEqual([...names].reverse())
    expect(check.steps(model)[1]).toEqual({ name: names[2], layers: [names[2], names[3]] })
    for (const step of names.keys()) {
      const below = names.slice(names.length - 1 - step)
      expect(changedIn(model, await modelAt(check, step, 0)).sort()).toEqual(constantsOf(below).sort())
    }
  })

  it('draw a layer alike at every step of a draw, otherwise in another draw or with another seed', async () => {
    const weights = layers.at(-1)!.parameters[0]!.constant
    const at = async (...place: [number, number, number?]) => floatsOf(await modelAt(cascading(), ...place), weights)
    const first = await at(0, 3)
    for (const step of [1, 2, 3]) expect(await at(step, 3)).toEqual(first)
    expect(await at(0, 4)).not.toEqual(first)
    expect(await at(0, 3, 1)).not.toEqual(first)
  })

  it('independent: one layer at a time, all else the very same objects', async () => {
    const check = independent()
    expect(check.steps(model).map((step) => step.layers)).toEqual([...names].reverse().map((name) => [name]))
    for (const [step, name] of [...names].reverse().entries()) {
      expect(changedIn(model, await modelAt(check, step, 0)).sort()).toEqual(constantsOf([name]).sort())
    }
    expect(check.criterion.step).toBe('first')
  })

  it('bottom-up: from the input up, to the model where cascading ends', async () => {
    const check = bottomUp()
    expect(check.steps(model).map(({ name }) => name)).toEqual(names)
    expect(changedIn(model, await modelAt(check, 1, 0)).sort()).toEqual(constantsOf(names.slice(0, 2)).sort())
    expect(changedIn(model, await modelAt(check, 3, 0)).sort()).toEqual(constantsOf(names).sort())
  })

  it('take fewer steps on demand, the deciding one among them', () => {
    const stepsOf = (check: Check) => check.steps(model).map(({ name }) => names.indexOf(name))
    expect(stepsOf(cascading({ steps: 3 }))).toEqual([3, 1, 0])
    expect(stepsOf(cascading({ steps: 1 }))).toEqual([0])
    expect(stepsOf(independent({ steps: 1 }))).toEqual([3])
    expect(stepsOf(independent({ steps: 9 }))).toEqual([3, 2, 1, 0])
    expect(stepsOf(bottomUp({ steps: 2 }))).toEqual([0, 3])
  })

  it('name every option and refuse others', () => {
    expect(cascading({ initialiser: 'truncated-normal' }).options).toEqual({
      initialiser: 'truncated-normal',
      sigma: 0.01,
      statistics: 'reset',
      norms: 'joined',
      target: 'fixed',
      draws: 10,
      steps: undefined
    })
    expect(() => cascading({ draw: 3 } as object)).toThrow(/'draws'/)
    expect(() => cascading({ draws: 0 })).toThrow(/1 to/)
    expect(() => independent({ target: 'top' as never })).toThrow(/rechosen/)
    expect(() => bottomUp({ norms: 'all' as never })).toThrow(/separate/)
    expect(() => smprt({ noise: -1 })).toThrow(/a number >= 0/)
    expect(() => smprt({ samples: 0.5 })).toThrow(/whole number/)
    expect(() => emprt({ steps: 3 } as object)).toThrow(/steps/)
    expect(() => dataRandomization()).toThrow(/permuted labels/)
  })

  it('re-choose the label of each changed model where asked to', async () => {
    const found = {
      trained: { shape: [2, 3], data: new Float32Array(6) },
      logits: { shape: [2, 3], data: Float32Array.of(1, 5, 5, 9, 0, 0) },
      targets: [2, 2]
    }
    expect((await trialOf(cascading(), 0, 0)).targets).toBeUndefined()
    expect((await trialOf(cascading({ target: 'rechosen' }), 0, 0)).targets!(found)).toEqual([1, 0])
  })

  it('joins or separates batch normalisations', () => {
    expect(cascading({ norms: 'separate' }).steps(model)).toHaveLength(7)
    expect(cascading().steps(model)).toHaveLength(4)
  })
})

describe('other checks', () => {
  it('random logit: uniformly among the other labels, whatever the place in a batch', async () => {
    const rows = Array.from({ length: 400 }, (_, n) => [n, 1, 2, 3])
    const ask = async (of: number[][], draw: number) => {
      const trained = { shape: [of.length, 4], data: Float32Array.from(of.flat()) }
      const { targets, model: other } = await trialOf(randomLogit(), 0, draw)
      expect(other).toBeUndefined()
      return targets!({ trained, logits: trained, targets: of.map(() => 2) })
    }
    const drawn = await ask(rows, 0)
    const counts = [0, 1, 2, 3].map((label) => drawn.filter((found) => found === label).length)
    expect(counts[2]).toBe(0)
    // 400 draws from three labels: 133 each, standard deviation 9.4.
    for (const label of [0, 1, 3]) expect(Math.abs(counts[label]! - 400 / 3)).toBeLessThan(38)
    expect(await ask([...rows].reverse(), 0)).toEqual([...drawn].reverse())
    expect(await ask(rows, 1)).not.toEqual(drawn)
  })

  it('emprt draws all layers at once', async () => {
    expect(emprt().steps(model)).toEqual([{ name: names.at(-1), layers: [...names].reverse() }])
    expect(changedIn(model, await modelAt(emprt(), 0, 0)).sort()).toEqual(constantsOf(names).sort())
  })

  it('identity changes nothing but the object', async () => {
    const same = await modelAt(identity(), 0, 0)
    expect(same).not.toBe(model)
    expect(same).toEqual(model)
  })

  it('data randomization gives each net trained on permuted labels in a draw, and reports its name only', async () => {
    const [one, two] = [tinyCnn({ seed: 2 }).model, tinyCnn({ seed: 3 }).model]
    const check = dataRandomization({ model: [one, two] })
    expect([check.draws, check.options]).toEqual([2, { models: ['tiny-cnn', 'tiny-cnn'] }])
    expect(await modelAt(check, 0, 0)).toBe(one)
    expect(await modelAt(check, 0, 1)).toBe(two)
    expect(dataRandomization({ model: one }).draws).toBe(1)
  })

  it('are all in the registry that can be made from options alone, and cite their source', () => {
    expect(checks.names).toEqual([
      'cascading',
      'independent',
      'bottom-up',
      'random-logit',
      'smprt',
      'emprt',
      'identity'
    ])
    for (const { name, create } of checks) {
      const check = create()
      expect([check.name, check.cite.length > 5]).toEqual([name, true])
    }
  })
})
