import { explainSession, type Explanation, type Note, type Plan } from 'agon'
import { createProgress } from '../progress.js'
import type { Run } from './open-run.js'
import type { ReadInput } from './read-inputs.js'
import type { ChosenMethod } from '../parse/choose-methods.js'
import type { ExplainCommandOptions } from '../parse/explain-options.js'

/** One method's result on one input. */
export interface Explained {
  readonly method: ChosenMethod
  readonly explanation: Explanation
  /** Wall time of the method, the forward pass included. */
  readonly seconds: number
  /** Of the contests that ran, where they were asked for. */
  readonly plans?: readonly Plan[]
}

/** Runs one method on one input. */
export async function explainOne(
  run: Run,
  input: ReadInput,
  method: ChosenMethod,
  options: ExplainCommandOptions
): Promise<Explained> {
  const progress = createProgress(run.io, `${input.name}, ${method.name}`)
  const plans: Plan[] = []
  const start = performance.now()
  try {
    const explanation = await explainSession(run.session, input.input, method.made, {
      target: options.target,
      labels: options.labels,
      seed: options.seed,
      precision: options.precision,
      signal: run.io.signal,
      onProgress: progress.update,
      ...(options.memory !== undefined && { memory: options.memory }),
      ...(options.plan && { onPlan: (plan: Plan) => void plans.push(plan) })
    })
    const seconds = (performance.now() - start) / 1000
    if (!options.plan) return { method, explanation, seconds }
    const notes = [...explanation.notes, ...planNotes(run, explanation, plans)]
    return { method, explanation: { ...explanation, notes }, seconds, plans }
  } finally {
    progress.end()
  }
}

/** Why there is no plan. */
function planNotes({ engine }: Run, { contest, method }: Explanation, plans: readonly Plan[]): Note[] {
  if (plans.length > 0) return []
  const why =
    contest === undefined
      ? `no labels compete in ${method}, and plans are made of contests`
      : engine !== 'cpu'
        ? `the ${engine} engine makes none`
        : `the maps of ${method} came from several passes, not from one backward pass of all labels`
  return [{ code: 'no-plan', message: `--plan: there is no plan; ${why}` }]
}
