import { passBaseline, passOptions } from '../attribute.js'
import type { PerExample } from '../engine.js'
import { summedAxis, type Granularity } from '../granularity.js'
import { assertLogits } from '../logits.js'
import type { BackwardPass, Method, MethodContext } from '../method.js'
import { sampleMaps } from './alike-notes.js'
import { contendersOf, labelsOf, rankedContenders, type Contenders } from './contenders.js'
import type { Contest } from './contest.js'
import { createFold, type Fold } from './fold.js'
import { groupFold, groupOrder, type GroupScore } from './group-fold.js'
import type { Groups } from './groups.js'
import { measurePrecision } from './measured-precision.js'
import { softFold } from './soft-fold.js'
import { streamed } from './streamed.js'
import { assertTemperature, temperaturesOf } from './temperature.js'

export interface GranularityOptions {
  readonly granularity: Granularity
  readonly channelAxis: number | undefined
}

/** What kind of contest is run. */
export interface ContestChoices extends GranularityOptions {
  /** Groups that meet in place of single labels (our extension), and what their score is made of. */
  readonly groups: Groups | undefined
  readonly groupScore: GroupScore
  /** Of a soft competition (our extension): over the root mean square of a map, see `temperatures`. Absent: no shares are kept. */
  readonly temperature: number | undefined
}

/** One contest to be run. */
interface Running {
  readonly base: Method
  readonly context: MethodContext
  readonly choices: ContestChoices
  readonly contenders: Contenders
  readonly maps: PerExample
}

/**
 * Lets the context's contestants, or the groups that they form, compete over the base method's maps, whose own shape says which axis `pixel` sums. A base
 * that is one backward pass runs fused in the engine, where every example has as many contestants; groups, soft competitions and anything else are
 * streamed through the same fold in chunks of labels. A contest in a precision below fp32 is followed by a measurement of what that changes. `maps` are
 * the contenders whose own maps are kept; by default those of the targets and a few rivals.
 */
export async function runContest(
  base: Method,
  context: MethodContext,
  choices: ContestChoices,
  maps?: PerExample
): Promise<Contest> {
  assertLogits(context.session.model)
  const contenders = contendersOf(context, choices.groups)
  const running = { base, context, choices, contenders, maps: maps ?? sampleMaps(context, contenders) }
  const { temperature } = choices
  const contest = await contestOf(
    running,
    temperature === undefined ? undefined : await temperatures(running, temperature)
  )
  const { precision = 'fp32' } = context
  if (precision === 'fp32') return contest
  const ofSample = (sample: MethodContext) => {
    const among = contendersOf(sample, choices.groups)
    return contestOf({ ...running, context: sample, contenders: among, maps: noMaps(among) })
  }
  return { ...contest, precision: await measurePrecision(precision, context, ofSample) }
}

/** With temperatures, in units of the maps, a contest that keeps the shares of a soft competition. */
async function contestOf(running: Running, temperature?: readonly number[]): Promise<Contest> {
  const { base, context, choices, contenders, maps } = running
  const { contestants } = context
  const { groups } = contenders
  const even = contestants.every(({ length }) => length === contestants[0]!.length)
  const isFused = even && base.pass !== undefined && !comparesInside(base.pass) && !groups && !temperature
  if (isFused) return fused(base.pass, context, choices, maps)
  const strict = (shape: readonly number[]): Fold =>
    createFold(shape, contenders.indices, maps, groups ? 'group' : 'label')
  const soft = (shape: readonly number[]): Fold =>
    temperature ? softFold(strict(shape), shape, temperature) : strict(shape)
  const folding = {
    axis: (shape: readonly number[]) => summedAxis(shape, choices.granularity, choices.channelAxis),
    start: (shape: readonly number[]) =>
      groups ? groupFold(soft(shape), shape, contenders, contestants, choices.groupScore) : soft(shape)
  }
  const order = groups ? groupOrder(contenders, contestants) : contestants
  const contest = await streamed(base, context, order, folding)
  return groups ? { ...contest, groups } : contest
}

/** Whether the maps are times the rise of a value inside the model over what it is at the baseline: sessions know the baseline of the input only. */
function comparesInside({ wrt, multiply }: BackwardPass): boolean {
  return wrt !== undefined && multiply === 'input-minus-baseline'
}

/** The shape of what a pass is taken with respect to, `[N, ...]`. */
async function shapeAt({ wrt }: BackwardPass, { session, input, signal }: MethodContext) {
  if (wrt === undefined) return input.shape
  return (await session.forward(input, { at: wrt, ...(signal && { signal }) })).shape
}

async function fused(
  pass: BackwardPass,
  context: MethodContext,
  { granularity, channelAxis }: ContestChoices,
  maps: PerExample
) {
  const baseline = passBaseline(pass, context)
  const axis = summedAxis(await shapeAt(pass, context), granularity, channelAxis)
  return context.session.contest(context.input, context.contestants, {
    ...passOptions(context),
    ...(pass.rules && { rules: pass.rules }),
    ...(pass.wrt !== undefined && { wrt: pass.wrt }),
    ...(baseline && { baseline }),
    ...(axis !== undefined && { sumAxis: axis }),
    ...(context.onPlan && { onPlan: context.onPlan }),
    scale: pass.cotangent,
    multiply: pass.multiply,
    maps
  })
}

/**
 * The temperature of every example in units of the maps: `relative` times the root mean square of the map of the contender with the largest
 * logit. So a common factor of all maps changes no share, and the shares of all labels are those of one temperature.
 */
async function temperatures(running: Running, relative: number): Promise<readonly number[]> {
  const { context, contenders } = running
  const leading = rankedContenders(context, contenders).map(([first]) => [first!])
  const contestants = leading.map(([first], n) => labelsOf(contenders, context.contestants[n]!, first!))
  assertTemperature(relative)
  const alone = await contestOf({
    ...running,
    context: { ...context, contestants, onProgress: undefined, onPlan: undefined },
    contenders: { ...contenders, indices: leading },
    maps: noMaps(contenders)
  })
  return temperaturesOf(alone, relative)
}

function noMaps({ indices }: Contenders): PerExample {
  return indices.map(() => [])
}
