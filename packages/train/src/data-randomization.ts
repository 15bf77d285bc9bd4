import type { Engine } from '@agon/core'
import type { DataSet } from './examples.js'
import type { FitProgress } from './fit-options.js'
import type { LabelKind, NetName } from './recipes.js'
import { assertRequirements } from './requirements.js'
import { trainNet, type TrainedNet, type TrainNetOptions } from './train-net.js'

export interface RandomizeDataOptions extends Omit<TrainNetOptions, 'labels' | 'settings' | 'onProgress'> {
  /** By kind of labels, in place of those of the net's recipe. */
  readonly settings?: Readonly<Partial<Record<LabelKind, TrainNetOptions['settings']>>>
  readonly onProgress?: (labels: LabelKind, progress: FitProgress) => void
  /** As soon as each is there. */
  readonly onTrained?: (net: TrainedNet) => void
}

/** One net, fitted twice from the same initial weights. */
export interface RandomizedData {
  readonly net: NetName
  /** Fitted to the right labels. */
  readonly true: TrainedNet
  /** Fitted to permuted ones. */
  readonly permuted: TrainedNet
}

/**
 * The nets of the data randomization test (Adebayo et al. 2018, arXiv 1810.03292): one fitted to the true labels and one that knows permuted labels by heart. A
 * map that depends on what a net has learnt about pictures differs between the two. Throws AGON_NOT_FITTED where a net has not reached what `requirementsOf` asks.
 */
export async function randomizeData(
  engine: Engine,
  data: DataSet,
  { settings, onProgress, onTrained, ...options }: RandomizeDataOptions
): Promise<RandomizedData> {
  const train = async (labels: LabelKind): Promise<TrainedNet> => {
    const trained = await trainNet(engine, data, {
      ...options,
      labels,
      ...(settings?.[labels] && { settings: settings[labels] }),
      ...(onProgress && { onProgress: (progress) => onProgress(labels, progress) })
    })
    assertRequirements(trained.record, data.classes.length)
    onTrained?.(trained)
    return trained
  }
  return { net: options.net, true: await train('true'), permuted: await train('permuted') }
}
