import {
  explain,
  type Engine,
  type ExplainOptions,
  type Explanation,
  type Method,
  type Model,
  type Session,
  type Tensor
} from '@agon/core'
import type { RunCheckOptions } from './run-check.js'

/** The unchanged model, and its maps by every method that trials ask for. */
export interface Trained {
  readonly session: Session
  readonly target: readonly number[]
  readonly logits: Tensor
  /** Made once for each method value. */
  explained(method: Method): Promise<Explanation>
}

/** Loads the unchanged model and finds the labels to explain. */
export async function createTrained(
  engine: Engine,
  model: Model,
  input: Tensor,
  options: RunCheckOptions
): Promise<Trained> {
  const session = await engine.load(model)
  try {
    const nothing: Method = {
      name: 'nothing',
      attribute: async ({ input }) => ({ shape: [1, ...input.shape], data: input.data })
    }
    const { target, logits } = await explain(session, input, nothing, explainOptions(options))
    const made = new Map<Method, Promise<Explanation>>()
    const explained = (method: Method): Promise<Explanation> => {
      const found = made.get(method) ?? explain(session, input, method, { ...explainOptions(options), target })
      made.set(method, found)
      return found
    }
    return { session, target, logits, explained }
  } catch (error) {
    session.dispose()
    throw error
  }
}

/** What is passed on to `explain`. */
export function explainOptions({ target, labels, baseline, seed, signal, memory }: RunCheckOptions): ExplainOptions {
  return {
    ...(target !== undefined && { target }),
    ...(labels !== undefined && { labels }),
    ...(baseline && { baseline }),
    ...(seed !== undefined && { seed }),
    ...(signal && { signal }),
    ...(memory !== undefined && { memory })
  }
}
