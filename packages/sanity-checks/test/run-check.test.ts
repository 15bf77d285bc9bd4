import {
  createRandom,
  example,
  keptShare,
  sizeOf,
  spearman,
  tensor,
  type Check,
  type Engine,
  type Method,
  type Session
} from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { cgi, gradient, gradientTimesInput, guidedBackprop, smoothGrad } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { modelOf, tinyCnn, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import {
  bottomUp,
  cascading,
  checks,
  dataRandomization,
  decidingValues,
  emprt,
  identity,
  independent,
  judge,
  randomLogit,
  randomMap,
  runCheck,
  smprt,
  thinned,
  type NamedFigure
} from '../src/index.js'
import { leakyNet, normals } from './nets.js'

const reference = createReferenceEngine()
const cpu = createCpuEngine({ threads: 2 })
const signed: NamedFigure = { name: 'spearman', compare: spearman }
const absolute: NamedFigure = {
  name: 'spearman(abs)',
  compare: (a, b) => spearman(a.map(Math.abs), b.map(Math.abs))
}
const kept: NamedFigure = { name: 'kept', compare: (_, after) => keptShare(after) }
const both = { figures: [signed, absolute] }

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** An engine that counts its open sessions and loaded models. */
function counting(engine: Engine) {
  const counts = { open: 0, loaded: 0 }
  const load: Engine['load'] = async (model) => {
    const session = await engine.load(model)
    counts.loaded++
    counts.open++
    const dispose = (): void => {
      counts.open--
      session.dispose()
    }
    return { ...bound(session), dispose }
  }
  return { engine: { ...engine, load }, counts }
}

function bound(session: Session): Session {
  const { model } = session
  return {
    model,
    forward: (...args) => session.forward(...args),
    vjp: (...args) => session.vjp(...args),
    contest: (...args) => session.contest(...args),
    dispose: () => session.dispose()
  }
}

describe('running a check', () => {
  const { model } = tinyCnn()
  const input = normals([3, 3, 8, 8])

  it('has a cell for every step from 1, draw and example; loads each model once and closes every session', async () => {
    const { engine, counts } = counting(cpu)
    const seen: string[] = []
    const options = { ...both, onProgress: (done: number, total: number) => seen.push(`${done}/${total}`) }
    const run = await runCheck(engine, model, gradient(), input, cascading({ draws: 2 }), options)
    const places = run.cells.map(({ step, draw, example }) => `${step} ${draw} ${example}`)
    expect(places).toEqual(
      [1, 2, 3].flatMap((step) => [0, 1].flatMap((draw) => [0, 1, 2].map((n) => `${step} ${draw} ${n}`)))
    )
    expect(run).toMatchObject({ check: 'cascading', method: 'gradient', seed: 0 })
    expect(counts).toEqual({ open: 0, loaded: 7 })
    expect(seen).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6'])
    await runCheck(engine, model, gradient(), input, randomLogit({ draws: 3 }), both)
    expect(counts).toEqual({ open: 0, loaded: 8 })
  })

  it.each(['identity', ...checks.names.filter((name) => name !== 'identity')])(
    '%s: compares with the unchanged map, which is exactly 1 where nothing changes',
    async (name) => {
      const check = checks
        .get(name)
        .create(name === 'smprt' ? { samples: 2, draws: 1 } : name === 'identity' ? {} : { draws: 1 })
      const still: Check = {
        ...check,
        figures: both.figures.map((figure) => ({ ...figure, cite: 'Spearman 1904' })),
        steps: (of) => check.steps(of).slice(0, 1),
        trial: async (of, ...place) => {
          const { method } = await check.trial(of, ...place)
          return { model: { ...of }, ...(method && { method }) }
        }
      }
      for (const method of [smoothGrad({ samples: 2 }), randomMap(), thinned(cgi())]) {
        const { cells } = await runCheck(cpu, model, method, input, still, both)
        for (const { figures } of cells) expect(figures).toEqual({ spearman: 1, 'spearman(abs)': 1 })
      }
    }
  )

  it('identity passes; a method that draws by a clock of its own would not', async () => {
    let calls = 0
    const restless: Method = {
      name: 'restless',
      attribute: async ({ input: { shape, data } }) => {
        const noise = createRandom(calls++)
        return { shape: [1, ...shape], data: data.map(() => noise.normal()) }
      }
    }
    const [calm, bad] = [gradient(), restless].map(async (method) => {
      const check = identity()
      return judge(
        check.criterion,
        decidingValues(await runCheck(cpu, model, method, input, check, both), check.criterion)
      )
    })
    expect(await calm).toMatchObject({ outcome: 'passes', value: 1, spread: 0 })
    expect(await bad).toMatchObject({ outcome: 'fails' })
  })

  it('gives the same bits for any batch, order and number of threads', async () => {
    for (const check of [
      cascading({ draws: 2 }),
      randomLogit({ draws: 3 }),
      smprt({ draws: 2, samples: 3, steps: 1 })
    ]) {
      const whole = await runCheck(cpu, model, gradient(), input, check, both)
      const one = await runCheck(createCpuEngine({ threads: 1 }), model, gradient(), input, check, both)
      expect(one.cells).toEqual(whole.cells)
      const turned = {
        shape: input.shape,
        data: Float32Array.from([2, 1, 0].flatMap((n) => [...example(input, n).data]))
      }
      const backwards = await runCheck(cpu, model, gradient(), turned, check, both)
      const alone = await runCheck(cpu, model, gradient(), example(input, 2), check, both)
      const last = whole.cells.filter(({ example: n }) => n === 2).map((cell) => ({ ...cell, example: 0 }))
      expect(backwards.cells.filter(({ example: n }) => n === 0)).toEqual(last)
      expect(alone.cells).toEqual(last)
    }
  })

  it('records the seed, which changes the draws', async () => {
    const run = (seed: number) => runCheck(cpu, model, gradient(), input, cascading({ draws: 1 }), { ...both, seed })
    const [zero, one] = [await run(0), await run(1)]
    expect([zero.seed, one.seed]).toEqual([0, 1])
    expect(one.cells).not.toEqual(zero.cells)
  })

  it('explains the label of the unchanged model, or the largest of each changed one', async () => {
    const fixed = await runCheck(cpu, model, gradient(), input, cascading({ draws: 6, steps: 1 }), both)
    expect(fixed.cells.every((cell) => cell.target === fixed.target[cell.example])).toBe(true)
    const rechosen = await runCheck(
      cpu,
      model,
      gradient(),
      input,
      cascading({ draws: 6, steps: 1, target: 'rechosen' }),
      both
    )
    expect(rechosen.target).toEqual(fixed.target)
    expect(rechosen.cells.some((cell) => cell.target !== rechosen.target[cell.example])).toBe(true)
    // Where the changed model's largest label is the fixed one, nothing differs.
    rechosen.cells.forEach((cell, i) => cell.target === fixed.cells[i]!.target && expect(cell).toEqual(fixed.cells[i]))
  })

  it('averages the maps of smprt over 50 noisy inputs: the same noise for both models, other noise for every draw', async () => {
    const echo: Method = {
      name: 'echo',
      attribute: async ({ input: { shape, data } }) => ({ shape: [1, ...shape], data })
    }
    const seen: Float32Array[] = []
    const look: NamedFigure = {
      name: 'gap',
      compare: (before, after) => {
        seen.push(before)
        return before.reduce((gap, value, i) => Math.max(gap, Math.abs(value - after[i]!)), 0)
      }
    }
    const linear = modelOf('linear', [400], (b) => b.add('Gemm', [b.input, b.weights([3, 400])], { transB: 1 }))
    const wide = Float32Array.from({ length: 800 }, (_, i) => (i < 400 ? i / 400 : (i % 2) * 8))
    const { cells } = await runCheck(cpu, linear, echo, tensor([2, 400], wide), smprt({ draws: 2 }), {
      figures: [look]
    })
    expect(cells.map(({ figures }) => figures.gap)).toEqual([0, 0, 0, 0])
    seen.forEach((map, i) => {
      const noise = map.map((value, at) => value - wide[(i % 2) * 400 + at]!)
      const deviation = Math.sqrt(mean([...noise].map((value) => value ** 2)))
      // .1 of the example's own range (1 and 8) over the square root of 50 samples; 400 values tell it to 3.5 %.
      expect(deviation / ((0.1 * [0.9975, 8][i % 2]!) / Math.sqrt(50))).toBeCloseTo(1, 0.7)
    })
    expect(seen[2]).not.toEqual(seen[0])
  })

  it('ends at once when aborted, and leaves no session open', async () => {
    const { engine, counts } = counting(cpu)
    const controller = new AbortController()
    const onProgress = (done: number): void => (done === 2 ? controller.abort() : undefined)
    const run = runCheck(engine, model, gradient(), input, cascading(), {
      ...both,
      onProgress,
      signal: controller.signal
    })
    await expect(run).rejects.toThrow(/abort/i)
    expect(counts).toEqual({ open: 0, loaded: 3 })
  })

  it("takes a check's own figures in place of similarities, and a second net for data randomization", async () => {
    const entropy = await runCheck(cpu, model, gradient(), input, emprt({ draws: 2 }), both)
    expect(Object.keys(entropy.cells[0]!.figures)).toEqual(['entropy-rise'])
    const other = await runCheck(
      cpu,
      model,
      gradient(),
      input,
      dataRandomization({ model: tinyCnn({ seed: 9 }).model }),
      both
    )
    expect(other.cells).toHaveLength(3)
    expect(mean(other.cells.map(({ figures }) => Math.abs(figures.spearman!)))).toBeLessThan(0.4)
  })
})

describe('known answers', () => {
  it.each([
    [2, 'reference', reference],
    [4, 'reference', reference],
    [10, 'reference', reference],
    [1000, 'cpu', cpu]
  ] as const)(
    'with the logit layer redrawn a fixed one of %i labels keeps (2/K)(1 - 2^-K), on %s',
    async (labels, _, engine) => {
      const draws = 60
      const share = (2 / labels) * (1 - 2 ** -labels)
      for (const seed of [1, 2]) {
        const check = independent({ draws, steps: 1 })
        const options = { figures: [kept], target: 1, seed, granularity: 'element' as const }
        const run = await runCheck(engine, leakyNet(labels, seed, 100), cgi(), normals([1, 100], seed), check, options)
        const values = run.cells.map(({ figures }) => figures.kept!)
        const error = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (draws - 1))
        expect(Math.abs(mean(values) - share)).toBeLessThan(4 * error)
        expect(error).toBeLessThan((labels > 10 ? 0.35 : 0.1) * share)
      }
    }
  )

  it('guided backprop does not see the layers near the logits change; the gradient does', async () => {
    const net = pictureNet()
    const input = normals([2, 1, 16, 16])
    const full = cascading({ draws: 4 })
    const top: Check = { ...full, steps: (model) => full.steps(model).slice(0, 2) }
    const at = async (method: Method) => {
      const { cells, steps } = await runCheck(cpu, net, method, input, top, both)
      return steps.map((_, s) =>
        mean(cells.filter(({ step }) => step === s + 1).map(({ figures }) => figures['spearman(abs)']!))
      )
    }
    const [guided, plain] = [await at(guidedBackprop()), await at(gradient())]
    for (const step of [0, 1]) {
      expect(guided[step]!).toBeGreaterThan(0.65)
      expect(plain[step]!).toBeLessThan(0.25)
    }
  })

  it('gradient (.) input of a picture of one sign keeps its absolute order and loses the signed one', async () => {
    const data = normals([3, 1, 16, 16]).data.map((value) => value ** 4)
    const { cells } = await runCheck(
      cpu,
      pictureNet(),
      gradientTimesInput(),
      tensor([3, 1, 16, 16], data),
      bottomUp({ draws: 10, steps: 1 }),
      both
    )
    const [abs, sign] = ['spearman(abs)', 'spearman'].map((name) => mean(cells.map(({ figures }) => figures[name]!)))
    expect(abs).toBeGreaterThan(0.6)
    expect(Math.abs(sign!)).toBeLessThan(0.2)
  })

  it('a net with batch normalisation loses its map when all is redrawn, and a random map has none to lose', async () => {
    const { model, inputShape } = tinyResidual()
    const input = normals([4, ...inputShape.slice(1)])
    for (const statistics of ['reset', 'keep'] as const) {
      const { cells } = await runCheck(
        cpu,
        model,
        gradient(),
        input,
        cascading({ draws: 10, steps: 1, statistics }),
        both
      )
      expect(Math.abs(mean(cells.map(({ figures }) => figures.spearman!)))).toBeLessThan(0.15)
    }
    const random = await runCheck(cpu, model, randomMap(), input, cascading({ draws: 30, steps: 1 }), {
      ...both,
      granularity: 'element'
    })
    const bound = 4 / Math.sqrt(120 * (sizeOf(inputShape) - 1))
    expect(Math.abs(mean(random.cells.map(({ figures }) => figures['spearman(abs)']!)))).toBeLessThan(bound)
  })
})

/** Three convolutions with rectifiers, two of them with pooling, two dense layers. `[N, 1, 16, 16]` -> `[N, 10]`. */
function pictureNet() {
  return modelOf(
    'pictures',
    [1, 16, 16],
    (b) => {
      const conv = (x: string, inputs: number, outputs: number): string =>
        b.add('Relu', [
          b.add('Conv', [x, b.weights([outputs, inputs, 3, 3], Math.sqrt(2 / (9 * inputs)))], { pads: [1, 1, 1, 1] })
        ])
      const pool = (x: string): string => b.add('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] })
      const flat = b.add('Flatten', [pool(conv(pool(conv(conv(b.input, 1, 8), 8, 12)), 12, 16))])
      const hidden = b.add('Relu', [b.add('Gemm', [flat, b.weights([64, 256], 0.09)], { transB: 1 })])
      return b.add('Gemm', [hidden, b.weights([10, 64], 0.12)], { transB: 1 })
    },
    3
  )
}
