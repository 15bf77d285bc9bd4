import { createRandom, example, tensor, type Check, type Engine, type Method, type Session } from '@agon/core'
import { cgi, gradient, smoothGrad } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { modelOf, tinyCnn } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import {
  cascading,
  checks,
  dataRandomization,
  decidingValues,
  emprt,
  identity,
  judge,
  randomLogit,
  randomMap,
  runCheck,
  smprt,
  thinned
} from '../src/index.js'
import { both, mean, type BareFigure } from './figures.js'
import { normals } from './nets.js'

const cpu = createCpuEngine({ threads: 2 })
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
    const look: BareFigure = {
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
