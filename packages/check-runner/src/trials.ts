import {
  AgonError,
  createRandom,
  example,
  explain,
  keptShare,
  type Method,
  type Session,
  type Tensor,
  type Trial
} from '@agon/core'
import { fileOf, folders, logitsOf } from './base-maps.js'
import { stacked } from './batches.js'
import { fileName, putFile } from './files.js'
import type { Piece } from './lines.js'
import type { MatrixCheck, MatrixInput, MatrixMethod, NamedFigure } from './matrix.js'
import { mapPng, pictureSides } from './pictures.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import { fail, isFatal, isOpen, runUnit } from './unit.js'

/** One trial of a check: a step and a draw. */
export interface TrialPlace {
  readonly check: MatrixCheck
  /** From 1, among the steps that are run. */
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
    const trial = await makeTrial(sitting, place)
    const changed = trial.model ? await loaded(sitting, trial) : session
    try {
      const targets = targetsOf(sitting, trial, changed)
      for (const method of matrix.methods)
        for (const batch of batches) await compareMaps({ sitting, place, trial, changed, targets, wrapped }, method, batch)
    } finally {
      if (changed !== session) changed.dispose()
    }
  } catch (error) {
    if (isFatal(error)) throw error
    for (const piece of open) if (isOpen(sitting, piece)) await fail(sitting, piece, error)
  }
}

/** The trial of a place; the stream of random numbers is that of the whole check. */
export async function makeTrial({ matrix }: Pick<Sitting, 'matrix'>, { check, step, draw }: TrialPlace): Promise<Trial> {
  const random = createRandom(matrix.seed).fork('check', check.check.name)
  return check.check.trial(matrix.model, check.steps[step - 1]!.index, draw, random)
}

async function loaded({ options, costs, backlog }: Sitting, trial: Trial): Promise<Session> {
  const start = performance.now()
  const session = await options.engine.load(trial.model!)
  costs.took({ kind: 'load' }, (performance.now() - start) / 1000)
  backlog.loaded()
  return session
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
      const before = trial.method
        ? await wrapped.of(sitting, trial.method, method, batch)
        : stacked(await Promise.all(batch.inputs.map(({ name }) => sitting.maps.get(method.name, name))))
      const made = trial.method?.(method.method) ?? method.method
      const { attribution } = await explain(changed, batch.input, made, { ...explainOptions(sitting), target })
      return async (n) => ({
        ...cellOf(place, method.name, batch.inputs[n]!.name),
        figures: figuresOf(figuresFor(sitting, place), example(before, n), example(attribution, n)),
        ...(await pictureOf(sitting, place, method, batch.inputs[n]!, example(attribution, n))),
        kept: keptShare(example(attribution, n).data),
        target: target[n]!
      })
    }
  })
}

/** The figures that a check's trials are told by. */
export function figuresFor({ matrix }: Pick<Sitting, 'matrix'>, { check }: Pick<TrialPlace, 'check'>) {
  return check.check.figures ?? matrix.figures
}

/** Every figure of two maps `[1, ...]`. Throws AGON_BAD_INPUT for maps of different shapes, AGON_NOT_FINITE for a figure that is no finite number. */
export function figuresOf(figures: readonly NamedFigure[], before: Tensor, after: Tensor): Record<string, number> {
  const shape = before.shape.slice(1)
  if (after.shape.slice(1).join() !== shape.join()) {
    const found = after.shape.slice(1).join(' x ')
    throw new AgonError('AGON_BAD_INPUT', { what: "a trial's map", expected: shape.join(' x '), found })
  }
  return Object.fromEntries(
    figures.map(({ name, compare }) => {
      const value = compare(before.data, after.data, shape)
      if (Number.isFinite(value)) return [name, value]
      throw new AgonError('AGON_NOT_FINITE', { what: name, expected: 'a finite number', found: `${value}` })
    })
  )
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

/** Maps of the unchanged model by what trials make of a method; those of the same change are made once. */
export interface WrappedMaps {
  of(
    sitting: Sitting,
    change: (method: Method) => Method,
    method: MatrixMethod,
    batch: KnownBatch
  ): Promise<Tensor>
}

export function createWrappedMaps(): WrappedMaps {
  const made = new WeakMap<(method: Method) => Method, Map<string, Promise<Tensor>>>()
  return {
    async of(sitting, change, method, batch) {
      const known = made.get(change) ?? new Map<string, Promise<Tensor>>()
      made.set(change, known)
      const key = JSON.stringify([method.name, batch.inputs.map(({ name }) => name)])
      const options = { ...explainOptions(sitting), target: batch.targets }
      const map =
        known.get(key) ??
        explain(sitting.session, batch.input, change(method.method), options).then(({ attribution }) => attribution)
      known.set(key, map)
      return map
    }
  }
}
