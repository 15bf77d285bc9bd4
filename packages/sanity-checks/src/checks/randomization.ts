import {
  assertChoice,
  assertWhole,
  ranked,
  rowsOf,
  type Check,
  type CheckStep,
  type Model,
  type Trial
} from '@agon/core'
import type { Norms, WeightedLayer } from '../layers/layer.js'
import { weightedLayers } from '../layers/weighted-layers.js'
import { normsChoices, redrawDefaults, resolveRedraw, type RedrawOptions } from '../redraw/options.js'
import { redraw } from '../redraw/redraw.js'

/** Options of the checks that draw weights anew. */
export interface RandomizationOptions extends RedrawOptions {
  /** Whether a BatchNormalization belongs to the layer right before it (default `'joined'`) or is a step of its own. */
  readonly norms: Norms
  /** The label explained by a changed model: that of the unchanged one (default `'fixed'`), or its own largest logit, as in the code of Adebayo et al. 2018. */
  readonly target: 'fixed' | 'rechosen'
  /** Default 10. */
  readonly draws: number
  /** How many steps, spread evenly; the one that the verdict is read off is always among them. Default: one for every layer. */
  readonly steps: number | undefined
}

export const randomizationDefaults: RandomizationOptions = {
  ...redrawDefaults,
  norms: 'joined',
  target: 'fixed',
  draws: 10,
  steps: undefined
}

/** Checked and filled in. Throws AGON_BAD_OPTION. */
export function resolveRandomization<O extends RandomizationOptions>(owner: string, options: O): O {
  assertChoice(`norms of ${owner}`, options.norms, normsChoices)
  assertChoice(`target of ${owner}`, options.target, ['fixed', 'rechosen'])
  assertWhole(`draws of ${owner}`, options.draws, 1, 1_000_000)
  if (options.steps !== undefined) assertWhole(`steps of ${owner}`, options.steps, 1, 1_000_000)
  return resolveRedraw(owner, options)
}

/** The layers changed at each step, from all layers in execution order: the one that is new first. */
export type Order = (layers: readonly WeightedLayer[]) => readonly (readonly WeightedLayer[])[]

/** Steps and trials of a randomization of weights in some order. A layer is drawn alike at every step of a draw. */
export function randomization(
  order: Order,
  options: RandomizationOptions,
  decides: 'first' | 'last' = 'last'
): Pick<Check, 'steps' | 'draws' | 'trial'> {
  const { norms, target, draws, steps: count, initialiser, sigma, statistics } = options
  const changedAt = (model: Model) => spread(order(weightedLayers(model, { norms })), count, decides)
  return {
    draws,
    steps: (model) => changedAt(model).map(stepOf),
    trial: (model, step, draw, random) => ({
      model: redraw(model, changedAt(model)[step]!, {
        initialiser,
        sigma,
        statistics,
        random: random.fork('draw', draw)
      }),
      ...(target === 'rechosen' && { targets: largest })
    })
  }
}

function stepOf(layers: readonly WeightedLayer[]): CheckStep {
  return { name: layers[0]!.name, layers: layers.map(({ name }) => name) }
}

const largest: NonNullable<Trial['targets']> = ({ logits }) => rowsOf(logits).map((row) => ranked(row)[0]!)

/** `count` of the steps, evenly from the first to the last; a single one is the one that decides. */
function spread<T>(all: readonly T[], count: number | undefined, decides: 'first' | 'last'): readonly T[] {
  if (count === undefined || count >= all.length) return all
  if (count === 1) return [decides === 'first' ? all[0]! : all.at(-1)!]
  return Array.from({ length: count }, (_, i) => all[Math.round((i * (all.length - 1)) / (count - 1))]!)
}
