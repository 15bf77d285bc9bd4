import { createRandom, type Engine, type Model } from '@agon/core'
import { accuracy } from './accuracy.js'
import type { CheckpointStore, EpochFigures } from './checkpoint.js'
import { countOf, firstExamples, momentsOf, type DataSet, type Examples } from './examples.js'
import { fit } from './fit.js'
import { fitFingerprint } from './fingerprint.js'
import { resolveSettings, type FitRun, type FitSettings } from './fit-options.js'
import { withPermutedLabels } from './permute-labels.js'
import { recipeOf, type LabelKind, type NetName } from './recipes.js'

export interface TrainNetOptions extends Omit<FitRun, 'checkpoint'> {
  readonly net: NetName
  /** Default `'true'`. */
  readonly labels?: LabelKind
  /** Of the initial weights, the permutation and the order of the examples. Default 0. */
  readonly seed?: number
  /** Only the first of the training examples. Default: all. */
  readonly examples?: number
  /** In place of those of the net's recipe. */
  readonly settings?: Partial<Omit<FitSettings, 'seed'>>
  /** Where finished nets are kept, and unfinished ones. */
  readonly store?: NetStore
}

/** Nets by the fingerprint of everything that they follow from. */
export interface NetStore {
  load(fingerprint: string): Promise<StoredNet | undefined>
  save(net: StoredNet): Promise<void>
  /** Of an unfinished net; `save` removes it. */
  checkpoint(fingerprint: string): CheckpointStore
}

export interface StoredNet {
  readonly model: Model
  readonly record: NetRecord
}

/** How a net came about, and how good it is. */
export interface NetRecord {
  readonly fingerprint: string
  readonly data: string
  readonly net: NetName
  readonly labels: LabelKind
  readonly seed: number
  /** Training examples. */
  readonly examples: number
  /** Examples that the test accuracy was measured on. */
  readonly testExamples: number
  readonly engine: string
  readonly settings: FitSettings
  readonly history: readonly EpochFigures[]
  /** Of the last epoch: share of the examples whose label was named before the update that they took part in. */
  readonly trainAccuracy: number
  /** On the test examples and their true labels. */
  readonly testAccuracy: number
  /** That the fit took; of a resumed one its last part. */
  readonly seconds: number
}

export interface TrainedNet extends StoredNet {
  /** Whether it was taken from the store. */
  readonly cached: boolean
}

/**
 * Fits a net by its recipe to a data set's training examples, with true or permuted labels, and measures it on the test examples; or takes it from the store
 * if it was fitted before. Throws what `fit` throws, AGON_UNKNOWN_NAME for another net.
 */
export async function trainNet(engine: Engine, data: DataSet, options: TrainNetOptions): Promise<TrainedNet> {
  const { net, labels = 'true', seed = 0, store, onProgress, signal, checkpointEvery } = options
  const recipe = recipeOf(net)
  const examples = chosenExamples(data, labels, seed, options.examples)
  const settings = resolveSettings({ ...recipe.settings(labels, countOf(examples)), ...options.settings, seed })
  const { mean, deviation } = recipe.standardises ? momentsOf(examples) : { mean: 0, deviation: 1 }
  const side = examples.shape.at(-1)!
  const built = recipe.build({ seed, labels: data.classes.length, side, mean, deviation: deviation || 1 })
  const start: Model = { ...built, name: `${data.name}-${net}-${labels}-labels`, labels: data.classes }
  const fingerprint = await fitFingerprint(engine.name, start, examples, settings)
  const found = await store?.load(fingerprint)
  if (found !== undefined) return { ...found, cached: true }
  const began = performance.now()
  const { model, history } = await fit(engine, start, examples, {
    ...settings,
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    ...(store && { checkpoint: store.checkpoint(fingerprint) })
  })
  const seconds = (performance.now() - began) / 1000
  const record: NetRecord = {
    fingerprint,
    data: data.name,
    net,
    labels,
    seed,
    examples: countOf(examples),
    testExamples: countOf(data.test),
    engine: engine.name,
    settings,
    history,
    trainAccuracy: history.at(-1)!.accuracy,
    testAccuracy: await accuracy(engine, model, data.test, signal ? { signal } : {}),
    seconds
  }
  await store?.save({ model, record })
  return { model, record, cached: false }
}

/** The training examples of a fit: all or the first ones, with true or permuted labels. */
export function chosenExamples(data: DataSet, labels: LabelKind, seed: number, count?: number): Examples {
  const chosen = count === undefined ? data.train : firstExamples(data.train, count)
  return labels === 'true' ? chosen : withPermutedLabels(chosen, createRandom(seed))
}
