import { attribute } from './attribute.js'
import type { Contest } from './contest/contest.js'
import { runContest, type ContestChoices } from './contest/run-contest.js'
import { edgeNotes } from './edges.js'
import type { PerExample, Session } from './engine.js'
import { AgonError } from './error.js'
import { resolveContestants, resolveTarget, rowsOf, type Contestants, type Target } from './labels.js'
import type { Method, MethodContext, Note } from './method.js'
import type { Plan } from './plan.js'
import { precisionOf, type Precision } from './precision.js'
import { createRandom } from './random.js'
import { assertFinite, formatShape, type Tensor } from './tensor.js'

export interface ExplainOptions {
  /** Default `'top'`. */
  readonly target?: Target
  /** Default `'all'`; only competitive methods look at it. */
  readonly labels?: Contestants
  /** For methods with a baseline: shaped like the input, or one example for all. */
  readonly baseline?: Tensor
  /** Default 0. */
  readonly seed?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
  /** Byte budget of a pass, see PassOptions. */
  readonly memory?: number
  /**
   * Of the backward passes; default `'fp32'`. What another one changes is measured in the run itself, see `Contest.precision`; so `explain` takes
   * it for methods in which labels compete only.
   */
  readonly precision?: Precision
  /** Called at the end of every contest that runs fused in an engine that plans, see PassOptions; not for streamed contests. */
  readonly onPlan?: (plan: Plan) => void
}

/** A map and everything needed to read it. */
export interface Explanation {
  readonly method: string
  /**
   * Signed values `[N, ...]`: the input's shape or that of the value inside the model that the method explains by, with extent 1 on the
   * summed axis for a contest of pixels; or what the method says.
   */
  readonly attribution: Tensor
  /** The explained label of every example. */
  readonly target: readonly number[]
  readonly logits: Tensor
  /** Which labels competed, per example; `complete` says that they were all of them. */
  readonly contestants: PerExample
  readonly complete: boolean
  /** For competitive methods. */
  readonly contest?: Contest
  /** By methods whose maps claim to add up to logit - logit at the baseline: the logits there, `[N, ...]`; see `completeness`. */
  readonly baselineLogits?: Tensor
  readonly notes: readonly Note[]
  readonly seed: number
}

/**
 * Explains one label per example of `input` `[N, ...]` by a method. Throws AGON_NOT_FINITE for an input or a result with
 * NaN or infinity, AGON_UNKNOWN_NAME for an unknown label, AGON_BAD_OPTION for a precision that the engine or the method does not go with.
 */
export async function explain(
  session: Session,
  input: Tensor,
  method: Method,
  options: ExplainOptions = {}
): Promise<Explanation> {
  const { context, target, notes } = await prepare(session, input, options)
  if (method.attribute === undefined) assertMeasured(method, context)
  const { attribution, contest, baselineLogits } = await attribute(method, context)
  assertMeasured(method, context, contest)
  assertFinite(`attribution by ${method.name}`, attribution)
  const map = { shape: attribution.shape.slice(1), data: attribution.data }
  if (contest === undefined) edgeNotes(map, input).forEach((note) => context.note(note))
  const contestants = competed(context, contest)
  return {
    method: method.name,
    attribution: map,
    target,
    logits: context.logits,
    contestants,
    complete: rowsOf(context.logits).every((row, n) => row.length === contestants[n]!.length),
    ...(contest && { contest }),
    ...(baselineLogits && { baselineLogits }),
    notes,
    seed: options.seed ?? 0
  }
}

/**
 * Runs the competition of a base method's maps itself, for its territories and margins. The own maps of the labels `maps` are
 * kept; by default those of the targets and a few rivals, from which `alikeNotes` tells what a reader must know.
 */
export async function contest(
  session: Session,
  input: Tensor,
  base: Method,
  options: ExplainOptions & Partial<ContestChoices> & { readonly maps?: PerExample } = {}
): Promise<Contest> {
  const { context } = await prepare(session, input, options)
  const { granularity = 'pixel', channelAxis, groups, groupScore = 'mean', temperature } = options
  return runContest(base, context, { granularity, channelAxis, groups, groupScore, temperature }, options.maps)
}

/** The labels that competed: in a contest among groups those that are in one. */
function competed({ contestants }: MethodContext, contest: Contest | undefined): PerExample {
  if (contest?.groups === undefined) return contestants
  const grouped = new Set(contest.groups.flatMap(({ labels }) => labels))
  return contestants.map((labels) => labels.filter((label) => grouped.has(label)))
}

/** A method without a contest, in a precision whose effect on decisions is to be told, is refused. */
function assertMeasured({ name }: Method, { precision = 'fp32' }: MethodContext, found?: Contest): void {
  if (precision === 'fp32' || found?.precision !== undefined) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `precision of method '${name}'`,
    expected: 'fp32, for a method in which no labels compete',
    found: `'${precision}', whose effect is measured on the decisions of a competition`
  })
}

async function prepare(session: Session, input: Tensor, options: ExplainOptions) {
  const { target: wanted = 'top', labels = 'all', seed = 0, baseline, signal, onProgress, memory, onPlan } = options
  const precision = precisionOf(session, options)
  if (input.shape.length < 2 || input.shape[0]! < 1) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'input',
      expected: 'at least one example, batch axis first',
      found: formatShape(input.shape)
    })
  }
  assertFinite('input', input)
  const logits = await session.forward(input, signal && { signal })
  assertFinite('logits', logits)
  if (logits.data.length === 0) {
    throw new AgonError('AGON_BAD_MODEL', {
      what: `output of model '${session.model.name}'`,
      expected: 'at least one label',
      found: formatShape(logits.shape)
    })
  }
  const random = createRandom(seed)
  const target = resolveTarget(wanted, logits, session.model.labels)
  const notes: Note[] = []
  const context: MethodContext = {
    session,
    input,
    logits,
    targets: target.map((label) => [label]),
    contestants: resolveContestants(labels, target, logits, session.model.labels, random),
    random,
    note: (note) => {
      const isKnown = notes.some((known) => known.code === note.code && known.message === note.message)
      if (!isKnown) notes.push(note)
    },
    ...(baseline && { baseline }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(memory !== undefined && { memory }),
    ...(precision !== 'fp32' && { precision }),
    ...(onPlan && { onPlan })
  }
  return { context, target, notes }
}
