import {
  assertLogits,
  cutProbabilityHead,
  derivativeReachesInput,
  engineNotes,
  loadModel,
  probabilityHead,
  type LoadedModel,
  type Note,
  type Session
} from 'agon'
import { sayNote, type Io } from '../io.js'
import type { RunOptions } from '../parse/run-options.js'
import type { OpenAgon, PluginRecord } from '../plugins/open-agon.js'

/** A model on an engine, ready to be explained. */
export interface Run {
  readonly io: Io
  readonly options: RunOptions
  readonly model: LoadedModel
  readonly session: Session
  readonly engine: string
  readonly plugins: readonly PluginRecord[]
  /** What holds for every result of this run. */
  readonly notes: readonly Note[]
}

/** Opens a run, hands it to `body`, and frees the session whatever happens. `competes`: labels will compete, so logits are needed. */
export async function withRun<T>(
  io: Io,
  { agon, plugins }: OpenAgon,
  modelName: string,
  options: RunOptions,
  competes: boolean,
  body: (run: Run) => Promise<T>
): Promise<T> {
  const { model, notes: ofModel } = await openModel(io, modelName, options)
  if (competes) assertLogits(model)
  const chosen = await agon.createEngine(
    options.engine,
    options.threads === undefined ? {} : { threads: options.threads }
  )
  const { engine } = chosen
  const notes = [...ofModel, ...engineNotes(chosen), ...threadNotes(engine.name, options)]
  for (const note of notes) sayNote(io, note.message)
  const session = await engine.load(model)
  try {
    return await body({ io, options, model, session, engine: engine.name, plugins, notes })
  } finally {
    session.dispose()
  }
}

/** The model that a command works on, its head cut off where that was asked for, and what is noted of it. */
export async function openModel(
  io: Io,
  name: string,
  { logits, cutSoftmax }: Pick<RunOptions, 'logits' | 'cutSoftmax'>
): Promise<{ readonly model: LoadedModel; readonly notes: readonly Note[] }> {
  const loaded = await loadModel(name, logits === undefined ? {} : { output: logits })
  io.signal.throwIfAborted()
  const head = probabilityHead(loaded)
  const model = cutSoftmax ? { ...loaded, nodes: cutProbabilityHead(loaded).nodes } : loaded
  return { model, notes: [...loaded.notes, ...reachNotes(model), ...headNotes(head?.op, cutSoftmax)] }
}

/** Where engines run that have no threads to choose. */
const threadless: Readonly<Record<string, string>> = { reference: 'one thread', cuda: 'a GPU' }

function threadNotes(engine: string, { threads }: RunOptions): Note[] {
  const where = threadless[engine]
  if (threads === undefined || where === undefined) return []
  return [{ code: 'threads-unused', message: `the ${engine} engine runs on ${where}; --threads changes nothing` }]
}

function reachNotes(model: LoadedModel): Note[] {
  if (derivativeReachesInput(model)) return []
  return [{ code: 'no-derivative', message: 'no derivative reaches the input of this model: every map will be 0' }]
}

function headNotes(op: string | undefined, cut: boolean): Note[] {
  if (cut && op === undefined)
    return [{ code: 'nothing-to-cut', message: 'the model ends in logits; --cut-softmax had nothing to cut' }]
  if (cut)
    return [{ code: 'softmax-cut', message: `the ${op} at the end of the model was cut off; logits are explained` }]
  if (op === undefined) return []
  const message = `the model ends in ${op}; what is explained are its outputs, not logits (--cut-softmax explains logits)`
  return [{ code: 'probabilities', message }]
}
