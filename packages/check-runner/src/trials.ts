import { createRandom, example, explain, keptShare, type Session, type Tensor, type Trial } from '@agon/core'
import { fileOf, folders, heldMaps, logitsOf } from './base-maps.js'
import { figuresFor, figuresOf } from './figures.js'
import { fileName, putFile } from './files.js'
import type { Piece } from './lines.js'
import type { MatrixCheck, MatrixInput, MatrixMethod } from './matrix.js'
import { mapPng, pictureSides } from './pictures.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import type { WrappedMaps } from './wrapped-maps.js'
import { fail, isFatal, isOpen, runUnit } from './unit.js'

/** One trial of a check: a step and a draw. */
export interface TrialPlace {
  readonly check: MatrixCheck
  /** From 1. */
  readonly step: number
  readonly draw: number
}

/** Trials in the order in which they are run: all steps of all checks at draw 0, then at draw 1, ... */
export function* trialPlaces(checks: readonly MatrixCheck[]): Generator<TrialPlace> {
  const most = Math.max(0, ...checks.map(({ check }) => check.draws))
  for (let draw = 0; draw < most; draw++) {
    for (const check of checks) {
      if (draw >= check.check.draws) continue
      for (let step = 1; step <= check.steps.length; step++) yield { check, step, draw }
    }
  }
}

/** Runs what is missing of a trial: its model is loaded once, for all methods and inputs. */
export async function runTrial(sitting: Sitting, place: TrialPlace, wrapped: WrappedMaps): Promise<void> {
  const { matrix, session, batches } = sitting
  const open = matrix.methods.flatMap(({ name: method }) =>
    matrix.inputs.map(({ name: input }) => cellOf(place, method, input)).filter((piece) => isOpen(sitting, piece))
  )
  if (open.length === 0) return
  sitting.pause()
  try {
    const { trial, changed } = await opened(sitting, place)
    try {
      const targets = targetsOf(sitting, trial, changed)
      for (const batch of batches)
        for (const method of matrix.methods)
          await compareMaps({ sitting, place, trial, changed, targets, wrapped }, method, batch)
    } finally {
      if (changed !== session) changed.dispose()
    }
  } catch (error) {
    if (isFatal(error)) throw error
    for (const piece of open) if (isOpen(sitting, piece)) await fail(sitting, piece, error)
  }
}

/** The trial of a place; the stream of random numbers is that of the whole check. */
export async function makeTrial(
  { matrix }: Pick<Sitting, 'matrix'>,
  { check, step, draw }: TrialPlace
): Promise<Trial> {
  const random = createRandom(matrix.seed).fork('check', check.check.name)
  return check.check.trial(matrix.model, step - 1, draw, random)
}

/** A trial and the session that it runs on. */
async function opened(sitting: Sitting, place: TrialPlace): Promise<{ trial: Trial; changed: Session }> {
  const { options, costs, backlog, session } = sitting
  const start = performance.now()
  const trial = await makeTrial(sitting, place)
  const changed = trial.model ? await options.engine.load(trial.model) : session
  costs.took({ kind: 'load' }, (performance.now() - start) / 1000)
  backlog.loaded()
  return { trial, changed }
}

/** The labels that a trial explains, found once per batch. */
function targetsOf({ options }: Sitting, trial: Trial, changed: Session) {
  const found = new Map<string, Promise<readonly number[]>>()
  return (batch: KnownBatch): Promise<readonly number[]> => {
    const key = batch.inputs.map(({ name }) => name).join('\n')
    const known = found.get(key) ?? targets(batch)
    found.set(key, known)
    return known
  }
  async function targets(batch: KnownBatch): Promise<readonly number[]> {
    if (trial.targets === undefined) return batch.targets
    const logits = await logitsOf(changed, batch, options.signal)
    return trial.targets({ trained: batch.logits, logits, targets: batch.targets })
  }
}

/** What a trial's cells are made from. */
interface Comparing {
  readonly sitting: Sitting
  readonly place: TrialPlace
  readonly trial: Trial
  readonly changed: Session
  readonly targets: (batch: KnownBatch) => Promise<readonly number[]>
  readonly wrapped: WrappedMaps
}

async function compareMaps(comparing: Comparing, method: MatrixMethod, whole: KnownBatch): Promise<void> {
  const { sitting, place, trial, changed, wrapped } = comparing
  await runUnit(sitting, {
    batch: whole,
    piece: ({ name }) => cellOf(place, method.name, name),
    run: async (batch) => {
      const target = await comparing.targets(batch)
      const made = trial.method?.(method.method) ?? method.method
      const before = trial.method
        ? await wrapped.of(sitting, made, batch)
        : (await heldMaps(sitting, method, batch)).map(({ map }) => map)
      const { attribution } = await explain(changed, batch.input, made, { ...explainOptions(sitting), target })
      return async (n) => {
        const after = example(attribution, n)
        return {
          ...cellOf(place, method.name, batch.inputs[n]!.name),
          figures: figuresOf(figuresFor(sitting, place.check), before[n]!, after),
          ...(await pictureOf(sitting, place, method, batch.inputs[n]!, after)),
          kept: keptShare(after.data),
          target: target[n]!
        }
      }
    }
  })
}

/** Of draw 0. */
async function pictureOf(
  sitting: Sitting,
  { check, step, draw }: TrialPlace,
  { name }: MatrixMethod,
  input: MatrixInput,
  map: Tensor
): Promise<{ picture?: string }> {
  if (draw > 0) return {}
  const of = [fileOf(sitting, input), fileName(name), fileName(check.check.name), String(step)].join('.')
  const png = mapPng(map, pictureSides.trial)
  return { picture: await putFile(sitting.options.folder, `${folders.pictures}/${of}.png`, png) }
}

function cellOf({ check, step, draw }: TrialPlace, method: string, input: string): Extract<Piece, { kind: 'cell' }> {
  return { kind: 'cell', check: check.check.name, method, input, step, draw }
}
