import type { Session } from '../engine.js'
import { AgonError } from '../error.js'
import { explain, type ExplainOptions, type Explanation } from '../explain.js'
import { summedAxis } from '../granularity.js'
import { rowsOf } from '../labels.js'
import { assertLogits } from '../logits.js'
import type { Method, Note } from '../method.js'
import { assertChoice } from '../options.js'
import { formatShape, sumAxis, type Tensor } from '../tensor.js'
import { competitiveMap, type Ties } from './competitive-map.js'
import type { Contest } from './contest.js'
import { createFold } from './fold.js'
import { noteModels, scalesOf } from './model-notes.js'
import type { GranularityOptions } from './run-contest.js'
import { turf, type Turf } from './turf.js'

export interface ContestModelsOptions extends ExplainOptions, Partial<GranularityOptions> {
  /** What happens where models have exactly the same score. Default `'lose'`. */
  readonly ties?: Ties
  /** `'none'` (default): scores meet as they are; `'root-mean-square'`: each model's map of an example is divided by its own root mean square before. */
  readonly normalise?: 'none' | 'root-mean-square'
}

/** Which model claims which element for one label. Models are counted in the order in which they were given. */
export interface ModelsContest {
  /** What every model keeps, `[M, N, ...map]`: the competition's formula with models in place of labels. */
  readonly attribution: Tensor
  /** Its labels are the places of the models. */
  readonly contest: Contest
  /** Which model owns which element, by the place of the model. */
  readonly turf: Turf
  /** The models' names. */
  readonly models: readonly string[]
  /** The label whose maps met, per example. */
  readonly target: readonly number[]
  /** Of every model, `[N, ...]` each. */
  readonly logits: readonly Tensor[]
  /** Root mean square of the maps before they met, per model and example. */
  readonly scales: readonly (readonly number[])[]
  readonly notes: readonly Note[]
}

/**
 * A contest between models on the same input (an extension of Agon): label y's map under model m is h_m, and
 *
 *     C_m(i) = h_m(i)  if h_m(i) > 0 and h_m(i) > max over the other models of h(i), or < 0 and < their min;   0 otherwise
 *
 * for two or more sessions over the same labels and inputs of one shape. `method` makes the maps; if labels compete in it, what they won meets. A target
 * `'top'` is that of the first model; every model sees the same random draws. Throws AGON_BAD_INPUT for fewer than two sessions and for models of other labels,
 * AGON_SOFTMAX for one that ends in probabilities.
 */
export async function contestModels(
  sessions: readonly Session[],
  input: Tensor,
  method: Method,
  options: ContestModelsOptions = {}
): Promise<ModelsContest> {
  const { ties = 'lose', normalise = 'none', granularity = 'pixel', channelAxis, ...rest } = options
  assertChoice('ties of contestModels', ties, ['lose', 'keep'])
  assertChoice('normalise of contestModels', normalise, ['none', 'root-mean-square'])
  assertSessions(sessions)
  const found: Explanation[] = []
  for (const session of sessions) {
    const own = await explain(session, input, method, { ...rest, ...(found[0] && { target: found[0].target }) })
    if (found[0]) assertSameLogits(found[0].logits, own.logits, found.length)
    found.push(own)
  }
  const maps = found.map(({ attribution }) => {
    const axis = summedAxis(attribution.shape, granularity, channelAxis)
    return axis === undefined ? attribution : sumAxis(attribution, axis)
  })
  const scales = maps.map(scalesOf)
  const met = normalise === 'none' ? maps : maps.map((map, m) => divided(map, scales[m]!))
  const contest = foldModels(met)
  const models = sessions.map(({ model }) => model.name)
  return {
    attribution: competitiveMap(contest, contest.labels, ties),
    contest,
    turf: turf(contest),
    models,
    target: found[0]!.target,
    logits: found.map(({ logits }) => logits),
    scales,
    notes: noteModels(found, models, normalise === 'none' ? scales : undefined)
  }
}

function foldModels(maps: readonly Tensor[]): Contest {
  const { shape } = maps[0]!
  const places = Array.from({ length: shape[0]! }, () => [...maps.keys()])
  const fold = createFold(shape, places, places, 'model')
  maps.forEach((map, m) => rowsOf(map).forEach((row, n) => fold.add(n, m, row)))
  return fold.finish()
}

/** A map that is 0 everywhere stays so. */
function divided(map: Tensor, scale: readonly number[]): Tensor {
  const size = map.data.length / map.shape[0]!
  return { shape: map.shape, data: map.data.map((value, i) => value / (scale[Math.floor(i / size)]! || 1)) }
}

function assertSessions(sessions: readonly Session[]): void {
  if (sessions.length < 2) throw badModels('at least two sessions', `${sessions.length}`)
  for (const { model } of sessions) assertLogits(model)
  const [first, ...others] = sessions.map(({ model }) => model.labels)
  others.forEach((labels, m) => {
    const differs = first && labels ? first.findIndex((name, label) => name !== labels[label]) : -1
    if (differs < 0) return
    throw badModels(
      `the same labels in every model`,
      `label ${differs} is '${first![differs]}' in model 0 and '${labels![differs]}' in model ${m + 1}`
    )
  })
}

function assertSameLogits(first: Tensor, own: Tensor, m: number): void {
  if (first.shape.join() === own.shape.join()) return
  const found = `logits ${formatShape(first.shape)} of model 0 and ${formatShape(own.shape)} of model ${m}`
  throw badModels('as many labels in every model', found)
}

function badModels(expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_INPUT', { what: 'models of a contest', expected, found })
}
