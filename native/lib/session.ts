import {
  precisionOf,
  precisions,
  sizeOf,
  type Cotangents,
  type Model,
  type PassOptions,
  type Precision,
  type Session,
  type Tensor,
  type ValueName
} from '@agon/core'
import { assertCotangents, assertInput, createRuledSessions, disposedError, hasRules, stackedShape } from '@agon/graph'
import type { Seeds } from './addon.js'
import { runContest } from './contest.js'
import { runJob } from './job.js'
import { prepareOnDemand, type Prepared, type Runtime } from './prepared.js'
import { createSpareArrays } from './spare-arrays.js'
import { allocate, assertMemory, labelArray, valueId } from './validate.js'

/**
 * A session over prepared models. All checks of arguments are made on this side; the core gets facts. Where the model fixes the shape of its input,
 * everything that can be refused is refused here.
 */
export function createSession(model: Model, runtime: Runtime): Session {
  const models = prepareOnDemand(model, runtime)
  const fixed = fixedShape(model)
  if (fixed !== undefined) models.of(fixed)
  const ruled = createRuledSessions(model, (surrogate) => createSession(surrogate, runtime))
  const spares = createSpareArrays()
  let disposed = false
  const prepare = (input: Tensor): Prepared => {
    if (disposed) throw disposedError(model)
    const shape = assertInput(model, input)
    return models.of(shape)
  }
  const session: Session = {
    model,
    precisions: runtime.precisions,
    forward: async (input, options = {}) => forward(prepare(input), input, options),
    async vjp(input, cotangents, options = {}) {
      const [prepared, precision] = [prepare(input), precisionOf(session, options)]
      if (hasRules(options.rules)) return ruled.vjp(input, cotangents, options)
      return vjp(prepared, input, cotangents, options, precision)
    },
    async contest(input, labels, options = {}) {
      const prepared = prepare(input)
      if (hasRules(options.rules)) return ruled.contest(input, labels, options)
      return runContest(session, prepared, input, labels, options, spares)
    },
    recycle: (contest) => spares.keep(contest),
    dispose() {
      disposed = true
      models.dispose()
      spares.clear()
      ruled.dispose()
    }
  }
  return session
}

/** The input shape of one example, if the model fixes it. */
function fixedShape({ inputs }: Model): number[] | undefined {
  const shape = inputs[0]?.shape.slice(1) ?? []
  return shape.every((extent) => typeof extent === 'number') ? [1, ...shape] : undefined
}

interface ForwardOptions {
  readonly at?: ValueName
  readonly signal?: AbortSignal
}

async function forward(prepared: Prepared, input: Tensor, options: ForwardOptions): Promise<Tensor> {
  const { model, output, native } = prepared
  const at = options.at ?? model.outputs[0]!.name
  const id = options.at === undefined ? output : valueId(prepared, 'at', at)
  const shape = stackedShape(model.shapes.get(at)!, input.shape[0]!)
  const data = allocate(`value '${at}'`, sizeOf(shape))
  await runJob(() => native.forward(input.data, input.shape[0]!, id, data), options)
  return { shape, data }
}

async function vjp(
  prepared: Prepared,
  input: Tensor,
  cotangents: Cotangents,
  options: PassOptions,
  precision: Precision
): Promise<Tensor> {
  const { model, native } = prepared
  const examples = input.shape[0]!
  assertCotangents(model, cotangents, examples)
  const memory = assertMemory(options.memory)
  const seeds = seedsOf(cotangents, options.averaged ?? false)
  const wrt = options.wrt ?? model.inputs[0]!.name
  const id = valueId(prepared, 'wrt', wrt)
  const shape = [seeds.count, ...stackedShape(model.shapes.get(wrt)!, examples)]
  const data = allocate('vector-Jacobian products', sizeOf(shape))
  const which = precisions.indexOf(precision)
  await runJob((progress) => native.vjp(input.data, examples, seeds, id, data, memory, which, progress), options)
  return { shape, data }
}

function seedsOf(cotangents: Cotangents, averaged: boolean): Seeds {
  if ('data' in cotangents)
    return { count: cotangents.shape[0]!, dense: cotangents.data, scaleByLogit: false, averaged }
  const { labels, scale } = cotangents
  return { count: labels[0]!.length, labels: labelArray(labels), scaleByLogit: scale === 'logit', averaged }
}
