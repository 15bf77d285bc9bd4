import { readFile } from 'node:fs/promises'
import {
  AgonError,
  choosePreprocess,
  createEngine,
  derivativeReachesInput,
  differentiability,
  loadModel,
  modelPath,
  onlyInput,
  probabilityHead,
  summarizeOnnx,
  summedAxis,
  type LoadedModel,
  type OnnxSummary,
  type Preprocess,
  type ValueInfo
} from 'agon'

/** Nodes of one operator that are differentiated alike. */
export interface OperatorRow {
  readonly op: string
  readonly count: number
  /** How it is differentiated; null where the operator is not known. */
  readonly derivative: string | null
  readonly note: string
}

/** A field of an inspection that could not be told, and why. */
export interface Failure {
  readonly error: { readonly code: string; readonly message: string }
}

/** What `agon inspect` says of a model. */
export interface Inspection {
  readonly format: 'agon-inspect/1'
  readonly path: string
  readonly sha256: string | null
  /** What stands in the file. */
  readonly file: OnnxSummary
  readonly runnable: boolean
  readonly labels: { readonly from: string; readonly names: readonly string[] } | null
  /** Of the graph as it is run, after constants were folded. */
  readonly operators: readonly OperatorRow[]
  /** The softmax or sigmoid that the model ends in, or null if it ends in logits. */
  readonly probabilityHead: string | null
  readonly explain: ExplainPlan | null
  readonly notes: readonly string[]
  readonly error: Failure['error'] | null
}

/** What `agon explain` would do by default. */
export interface ExplainPlan {
  readonly preprocess: (Preprocess & { readonly from: string }) | Failure
  /** What a contest of pixels sums: an axis, nothing, or an axis that must be named. */
  readonly channelAxis: number | 'none' | 'must be named (--channel-axis) unless --granularity element'
  readonly cutSoftmaxNeeded: boolean
  /** Whether any map can be other than 0. */
  readonly derivativeReachesInput: boolean
  readonly engine: string | Failure
}

/** An inspection, and the error that it ran into where the model cannot be run. */
export interface Inspected {
  readonly inspection: Inspection
  readonly error: AgonError | undefined
}

/** Looks at a model. Throws AGON_BAD_FILE and the like where not even the file's own list can be read. */
export async function inspectModel(nameOrPath: string): Promise<Inspected> {
  const path = modelPath(nameOrPath)
  try {
    const model = await loadModel(nameOrPath)
    const file = summarizeOnnx(await readFile(path))
    return { inspection: await runnable(model, file), error: undefined }
  } catch (error) {
    if (!(error instanceof AgonError) || error.code !== 'AGON_UNSUPPORTED_OPERATOR') throw error
    return { inspection: notRunnable(path, summarizeOnnx(await readFile(path)), error), error }
  }
}

async function runnable(model: LoadedModel, file: OnnxSummary): Promise<Inspection> {
  const head = probabilityHead(model)
  return {
    format: 'agon-inspect/1',
    path: model.path,
    sha256: model.sha256,
    file,
    runnable: true,
    labels: model.labels && model.labelsFrom ? { from: model.labelsFrom, names: model.labels } : null,
    operators: operatorRows(model),
    probabilityHead: head?.op ?? null,
    explain: {
      preprocess: attempt(() => {
        const { preprocess, from } = choosePreprocess(model, onlyInput(model), undefined)
        return { ...preprocess, from }
      }),
      channelAxis: channelAxis(model.inputs[0]?.shape ?? []),
      cutSoftmaxNeeded: head !== undefined,
      derivativeReachesInput: derivativeReachesInput(model),
      engine: await engineFor(model)
    },
    notes: model.notes.map(({ message }) => message),
    error: null
  }
}

function notRunnable(path: string, file: OnnxSummary, error: AgonError): Inspection {
  return {
    format: 'agon-inspect/1',
    path,
    sha256: null,
    file,
    runnable: false,
    labels: null,
    operators: [],
    probabilityHead: null,
    explain: null,
    notes: [],
    error: failure(error).error
  }
}

/** Operators by how they are differentiated, most frequent first. */
function operatorRows(model: LoadedModel): OperatorRow[] {
  const rows = new Map<string, OperatorRow>()
  for (const { op, derivative, note } of differentiability(model)) {
    const key = JSON.stringify([op, derivative, note])
    rows.set(key, { op, count: (rows.get(key)?.count ?? 0) + 1, derivative, note })
  }
  return [...rows.values()].sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1))
}

function channelAxis(shape: ValueInfo['shape']): ExplainPlan['channelAxis'] {
  const axis = attempt(() => summedAxis(shape.map(Number), 'pixel') ?? 'none')
  return typeof axis === 'object' ? 'must be named (--channel-axis) unless --granularity element' : axis
}

/** The engine that `auto` takes, if it can load the model. */
async function engineFor(model: LoadedModel): Promise<string | Failure> {
  try {
    const { engine } = createEngine('auto')
    const session = await engine.load(model)
    session.dispose()
    return engine.name !== 'reference' ? engine.name : `${engine.name}, for cpu is not available (see agon engines)`
  } catch (error) {
    return failure(error)
  }
}

function attempt<T>(make: () => T): T | Failure {
  try {
    return make()
  } catch (error) {
    return failure(error)
  }
}

function failure(error: unknown): Failure {
  if (!(error instanceof AgonError)) throw error
  return { error: { code: error.code, message: error.message } }
}
