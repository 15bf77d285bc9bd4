import { explainSession, type Explanation, type Method, type MethodEntry } from 'agon'
import { createProgress } from '../progress.js'
import type { Run } from './open-run.js'
import type { ReadInput } from './read-inputs.js'
import type { ExplainCommandOptions } from '../parse/explain-options.js'

/** One method's result on one input. */
export interface Explained {
  readonly method: MethodEntry
  readonly made: Method
  readonly explanation: Explanation
  /** Wall time of the method, the forward pass included. */
  readonly seconds: number
}

/** Runs one method on one input. */
export async function explainOne(
  run: Run,
  input: ReadInput,
  method: MethodEntry,
  options: ExplainCommandOptions
): Promise<Explained> {
  const made = makeMethod(method, options)
  const progress = createProgress(run.io, `${input.name}, ${method.name}`)
  const start = performance.now()
  try {
    const explanation = await explainSession(run.session, input.input, made, {
      target: options.target,
      labels: options.labels,
      seed: options.seed,
      signal: run.io.signal,
      onProgress: progress.update,
      ...(options.memory !== undefined && { memory: options.memory })
    })
    return { method, made, explanation, seconds: (performance.now() - start) / 1000 }
  } finally {
    progress.end()
  }
}

/** Only competitive methods have a granularity. */
function makeMethod(method: MethodEntry, { granularity, ties, channelAxis }: ExplainCommandOptions): Method {
  return method.competitive ? method.create({ granularity, ties, channelAxis }) : method.create()
}
