import { logitDrift, prepareInput, type Drift, type LoadedModel, type Session } from 'agon'
import { parse } from 'node:path'
import { sayNote, type Io } from '../io.js'
import { openEngine } from './open-engine.js'
import type { SmoothCommandOptions } from '../parse/smooth-options.js'

/** What became of one example's logits. */
export interface InputDrift extends Drift {
  /** Base name of the file, with the number of the example where it holds several. */
  readonly input: string
}

/** Runs a model and its smooth form on every input. */
export async function measureDrift(
  io: Io,
  sharp: LoadedModel,
  soft: LoadedModel,
  options: SmoothCommandOptions
): Promise<readonly InputDrift[]> {
  const engine = openEngine(io, options)
  const sessions: Session[] = []
  try {
    for (const model of [sharp, soft]) sessions.push(await engine.load(model))
    const said = new Set<string>()
    const drifts: InputDrift[] = []
    for (const path of options.inputs) {
      io.signal.throwIfAborted()
      const { input, notes } = await prepareInput(sharp, path, options.preprocess && { preprocess: options.preprocess })
      for (const { message } of notes) {
        if (!said.has(message)) sayNote(io, message)
        said.add(message)
      }
      const [before, after] = [
        await sessions[0]!.forward(input, { signal: io.signal }),
        await sessions[1]!.forward(input, { signal: io.signal })
      ]
      const several = before.shape[0]! > 1
      const named = logitDrift(before, after).map((drift, n) => ({
        input: parse(path).base + (several ? ` [${n}]` : ''),
        ...drift
      }))
      drifts.push(...named)
    }
    return drifts
  } finally {
    for (const session of sessions) session.dispose()
  }
}
