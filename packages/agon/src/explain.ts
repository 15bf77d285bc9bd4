import {
  explain as explainSession,
  resolveOptions,
  type Engine,
  type ExplainOptions,
  type Explanation,
  type Method,
  type Model,
  type Note,
  type Tensor
} from '@agon/core'
import type { Preprocess } from '@agon/images'
import { createEngine, type ChosenEngine, type EngineName } from './create-engine.js'
import type { LoadedModel } from './load-model.js'
import { prepareInput, type PreparedInput } from './prepare-input.js'

export interface ExplainModelOptions extends ExplainOptions {
  /** An engine, or its name; default `'auto'`. */
  readonly engine?: EngineName | Engine
  /** Threads of an engine that is made here. */
  readonly threads?: number
  /** How a photograph becomes an input; default: as the model's sidecar says, else an assumption that is noted. */
  readonly preprocess?: string | Preprocess
}

/** Every option by name, so that a misspelled one is an error. */
const known: { [Name in keyof Required<ExplainModelOptions>]: ExplainModelOptions[Name] } = {
  target: undefined,
  labels: undefined,
  baseline: undefined,
  seed: undefined,
  signal: undefined,
  onProgress: undefined,
  memory: undefined,
  precision: undefined,
  onPlan: undefined,
  engine: undefined,
  threads: undefined,
  preprocess: undefined
}

/** An explanation and the names of things in it. */
export interface ModelExplanation extends Explanation, Omit<PreparedInput, 'notes'> {
  /** Name of the engine that computed it. */
  readonly engine: string
  /** Name of every example's target; undefined for a model without label names. */
  readonly targetName: readonly (string | undefined)[]
  /** Index = logit. */
  readonly labelNames?: readonly string[]
}

/**
 * Explains one label per example of a picture (by its path), an `.npy` file or a tensor. The session is made and disposed
 * of here; to run many inputs or methods on one model, make an engine and a session and use `explainSession`.
 */
export async function explain(
  model: Model | LoadedModel,
  input: string | Tensor,
  method: Method,
  options: ExplainModelOptions = {}
): Promise<ModelExplanation> {
  const { engine: wanted, threads, preprocess, ...rest } = resolveOptions('explain', known, options)
  const chosen = engineOf(wanted, threads)
  const { engine } = chosen
  const { notes, ...prepared } = await prepareInput(model, input, preprocess === undefined ? {} : { preprocess })
  const session = await engine.load(model)
  try {
    const explanation = await explainSession(session, prepared.input, method, rest)
    return {
      ...prepared,
      ...explanation,
      engine: engine.name,
      targetName: explanation.target.map((label) => model.labels?.[label]),
      ...(model.labels && { labelNames: model.labels }),
      notes: [...modelNotes(model), ...engineNotes(chosen), ...notes, ...explanation.notes]
    }
  } finally {
    session.dispose()
  }
}

function engineOf(wanted: EngineName | Engine | undefined, threads: number | undefined): ChosenEngine {
  if (typeof wanted === 'object') return { engine: wanted, report: [] }
  return createEngine(wanted ?? 'auto', threads === undefined ? {} : { threads })
}

function modelNotes(model: Model | LoadedModel): readonly Note[] {
  return 'notes' in model ? model.notes : []
}

/** What was skipped on the way to the reference engine, as a note; that a machine has no GPU is none. */
export function engineNotes({ engine, report }: ChosenEngine): Note[] {
  if (engine.name !== 'reference' || report.length === 0) return []
  return [{ code: 'engine-skipped', message: `The reference engine is used, which is slow: ${report.join('; ')}` }]
}
