import {
  createRandom,
  explain,
  rowsOf,
  sumAxis,
  type Check,
  type Engine,
  type Method,
  type Model,
  type Tensor
} from '@agon/core'
import type { CheckCell, RunCheckOptions } from './run-check.js'
import { explainOptions, type Trained } from './trained.js'

export interface Running {
  readonly engine: Engine
  readonly model: Model
  readonly method: Method
  readonly input: Tensor
  readonly check: Check
  readonly options: RunCheckOptions
  readonly trained: Trained
}

/** The cells of one step (an index) and draw: one for every example. */
export async function runTrial(running: Running, step: number, draw: number): Promise<readonly CheckCell[]> {
  const { engine, model, method, input, check, options, trained } = running
  const random = createRandom(options.seed ?? 0).fork('check', check.name)
  const trial = await check.trial(model, step, draw, random)
  const wrapped = trial.method ? trial.method(method) : method
  const before = await trained.explained(wrapped)
  const session = trial.model ? await engine.load(trial.model) : trained.session
  try {
    const { logits, target: targets } = {
      logits: await session.forward(input, options.signal && { signal: options.signal }),
      target: trained.target
    }
    const target = trial.targets?.({ trained: trained.logits, logits, targets }) ?? targets
    const after = await explain(session, input, wrapped, { ...explainOptions(options), target })
    return compared(running, before.attribution, after.attribution).map((figures, example) => ({
      step: step + 1,
      draw,
      example,
      target: target[example]!,
      figures
    }))
  } finally {
    if (session !== trained.session) session.dispose()
  }
}

/** The figures of every example of two maps `[N, ...]`. */
function compared({ check, options }: Running, before: Tensor, after: Tensor): readonly Record<string, number>[] {
  const [from, to] = [before, after].map((map) => onePerPixel(map, options.granularity)) as [Tensor, Tensor]
  const shape = from.shape.slice(1)
  const rows = rowsOf(to)
  return rowsOf(from).map((row, n) =>
    Object.fromEntries(
      (check.figures ?? options.figures).map((figure) => [figure.name, figure.compare(row, rows[n]!, shape)])
    )
  )
}

/** A picture's map summed over its channels; any other map as it is. */
function onePerPixel(map: Tensor, granularity: 'pixel' | 'element' = 'pixel'): Tensor {
  return granularity === 'pixel' && map.shape.length === 4 ? sumAxis(map, 1) : map
}
