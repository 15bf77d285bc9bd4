import {
  example,
  precisionOf,
  sizeOf,
  type Cotangents,
  type Model,
  type PassOptions,
  type Session,
  type Tensor,
  type ValueName
} from '@agon/core'
import {
  assertCotangents,
  assertInput,
  createRuledSessions,
  disposedError,
  hasRules,
  resolveValue,
  schemaOf,
  stackedShape,
  valueNames
} from '@agon/graph'
import { createBreath } from './breathe.js'
import { labelsPerChunk } from './budget.js'
import { runContest } from './contest.js'
import { runForward } from './forward.js'
import { countOf, vjpOf, wrtOf } from './label-pass.js'
import { assertSupported, compile, type Program } from './program.js'

/**
 * A session of one model; programs are compiled once per input shape. A model whose input is fixed but for the batch is compiled at
 * once, so that what cannot run is refused here. Throws what `compile` throws.
 */
export function createSession(model: Model): Session {
  const programs = new Map<string, Program>()
  let disposed = false
  assertSupported(model, (op) => schemaOf(op) !== undefined)
  const declared = model.inputs[0]?.shape.slice(1) ?? []
  if (declared.every((extent) => typeof extent === 'number')) {
    const shape = [1, ...declared]
    programs.set(shape.join(), compile(model, shape))
  }

  const programFor = (input: Tensor): Program => {
    if (disposed) throw disposedError(model)
    const shape = assertInput(model, input)
    const program = programs.get(shape.join()) ?? compile(model, shape)
    programs.set(shape.join(), program)
    return program
  }

  const ruled = createRuledSessions(model, createSession)
  const session: Session = {
    model,
    precisions: ['fp32', 'bf16'],
    forward: async (input, options = {}) => forward(programFor(input), input, options),
    async vjp(input, cotangents, options = {}) {
      precisionOf(session, options)
      const program = programFor(input)
      return hasRules(options.rules) ? ruled.vjp(input, cotangents, options) : vjp(program, input, cotangents, options)
    },
    async contest(input, labels, options = {}) {
      precisionOf(session, options)
      const program = programFor(input)
      return hasRules(options.rules)
        ? ruled.contest(input, labels, options)
        : runContest(program, input, labels, options)
    },
    dispose() {
      disposed = true
      programs.clear()
      ruled.dispose()
    }
  }
  return session
}

async function forward(
  program: Program,
  input: Tensor,
  { at, signal }: { at?: ValueName; signal?: AbortSignal }
): Promise<Tensor> {
  const value = resolveValue('at', at, program.model.outputs[0]!.name, valueNames(program.model))
  const examples = input.shape[0]!
  const size = sizeOf(program.model.shapes.get(value)!)
  const data = new Float32Array(examples * size)
  const breathe = createBreath(signal)
  for (let n = 0; n < examples; n++) {
    await breathe()
    data.set(runForward(program, example(input, n).data).get(value)!, n * size)
  }
  return { shape: stackedShape(program.model.shapes.get(value)!, examples), data }
}

async function vjp(program: Program, input: Tensor, cotangents: Cotangents, options: PassOptions): Promise<Tensor> {
  const { model } = program
  const wrt = wrtOf(program, options)
  const examples = input.shape[0]!
  assertCotangents(model, cotangents, examples)
  labelsPerChunk(program, wrt, options.memory)
  const count = countOf(cotangents)
  const size = sizeOf(model.shapes.get(wrt)!)
  const data = new Float32Array(count * examples * size)
  const breathe = createBreath(options.signal)
  for (let n = 0; n < examples; n++) {
    const values = runForward(program, example(input, n).data)
    for (let l = 0; l < count; l++) {
      await breathe()
      data.set(vjpOf(program, values, cotangents, [l, n], wrt, options.precision), (l * examples + n) * size)
      options.onProgress?.(n * count + l + 1, examples * count)
    }
  }
  return { shape: [count, ...stackedShape(model.shapes.get(wrt)!, examples)], data }
}
