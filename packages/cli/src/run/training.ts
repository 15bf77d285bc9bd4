import {
  netFiles,
  readDataSet,
  type DataSet,
  type Engine,
  type FitProgress,
  type LabelKind,
  type NetFiles,
  type NetName
} from 'agon'
import type { Io } from '../io.js'
import { percent } from '../output/table.js'
import type { TrainingOptions } from '../parse/train-options.js'
import { createLine, formatSeconds, type Line } from '../progress.js'
import { openEngine } from './open-engine.js'

/** What a command needs to fit nets. */
export interface Training {
  readonly engine: Engine
  readonly data: DataSet
  readonly store: NetFiles
  /** Tells of a fit: a line that is drawn over on a terminal, and one that stays for every epoch. */
  readonly tell: (net: NetName, labels: LabelKind, progress: FitProgress) => void
  /** Clears the line. */
  readonly line: Line
}

/** Throws AGON_UNKNOWN_NAME, AGON_BAD_FILE for a data set that was not fetched, AGON_NO_ENGINE. */
export async function openTraining(io: Io, name: string, options: TrainingOptions): Promise<Training> {
  const data = await readDataSet(name, options.data)
  const line = createLine(io)
  const tell: Training['tell'] = (net, labels, progress) => {
    const { epoch, epochs, batch, batches, loss, accuracy, secondsLeft } = progress
    const text = `${net}, ${labels} labels: epoch ${epoch}/${epochs}`
    const figures = `loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`
    if (batch === batches) {
      line.end()
      io.err(`${text}, ${figures}\n`)
    } else line.draw(() => `${text}, batch ${batch}/${batches}, ${figures}, ${formatSeconds(secondsLeft)} left at most`)
  }
  return { engine: openEngine(io, { ...options, learns: true }), data, store: netFiles(), tell, line }
}
