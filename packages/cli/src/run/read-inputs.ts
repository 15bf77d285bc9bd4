import { prepareInput, type PreparedInput } from 'agon'
import { sayNote } from '../io.js'
import type { Run } from './open-run.js'
import type { NamedInput } from './plan-outputs.js'

/** An input, read. */
export interface ReadInput extends NamedInput, PreparedInput {}

/**
 * Reads the inputs one by one and hands each to `body`. With several inputs all are read once before the first is handed
 * over, so that a damaged file is found before hours of work, not after them; only one at a time is held.
 */
export async function forEachInput<T>(
  run: Run,
  inputs: readonly NamedInput[],
  body: (input: ReadInput) => Promise<T>
): Promise<T[]> {
  if (inputs.length > 1) for (const input of inputs) await read(run, input)
  const said = new Set<string>()
  const results: T[] = []
  for (const input of inputs) {
    const prepared = await read(run, input)
    for (const { message } of prepared.notes) {
      if (!said.has(message)) sayNote(run.io, message)
      said.add(message)
    }
    results.push(await body(prepared))
  }
  return results
}

async function read({ io, model, options }: Run, input: NamedInput): Promise<ReadInput> {
  io.signal.throwIfAborted()
  const prepared = await prepareInput(model, input.path, options.preprocess && { preprocess: options.preprocess })
  return { ...input, ...prepared }
}
