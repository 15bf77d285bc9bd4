import { explain } from '@agon/core'
import { heldMaps, recordMaps, recordTurfs } from './base-maps.js'
import { figuresFor, figuresOf } from './figures.js'
import type { MatrixCheck, MatrixMethod } from './matrix.js'
import { recordScores } from './scores.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import { makeTrial } from './trials.js'
import { isFatal } from './unit.js'

/** Seconds of a map that is made twice to be timed. */
const quick = 0.1

/**
 * Times what a run is made of and tells how much is left: the maps of the first batch by every method, a turf, the scores of one method by every metric (all of which
 * the run keeps), the figures of a map and itself, and how much longer a map takes that a trial averages.
 */
export async function measureCosts(sitting: Sitting): Promise<void> {
  const { matrix, batches, options, backlog } = sitting
  const batch = batches[0]!
  for (const method of matrix.methods) {
    await recordMaps(sitting, method, batch)
    await timeAgain(sitting, method, batch)
  }
  await recordTurfs(sitting, { ...batch, inputs: batch.inputs.slice(0, 1) })
  const made = matrix.methods.find((method) => isMade(sitting, method, batch))
  if (made !== undefined) {
    for (const metric of matrix.metrics) await recordScores(sitting, metric, made, batch)
    for (const method of matrix.methods) if (isMade(sitting, method, batch)) await timeFigures(sitting, method, batch)
    for (const check of matrix.checks) await timeRepeats(sitting, check, made, batch)
  }
  options.onEvent?.({ kind: 'estimate', seconds: backlog.seconds(), memory: memoryOf(sitting) })
}

/** Whether a method has made the maps of a whole batch. */
function isMade({ journal }: Sitting, { name }: MatrixMethod, { inputs }: KnownBatch): boolean {
  return inputs.every((input) => journal.get({ kind: 'map', method: name, input: input.name })?.kind === 'map')
}

/** Quick maps a second time: much of what the first one took may have been compiling. */
async function timeAgain(sitting: Sitting, method: MatrixMethod, batch: KnownBatch): Promise<void> {
  const { session, costs } = sitting
  const kind = { kind: 'map', method: method.name } as const
  if (!isMade(sitting, method, batch) || costs.of(kind) > quick || sitting.backlog.pieces === 0) return
  const seed = sitting.matrix.seed + 1 // nothing that is remembered of the first may serve
  const start = performance.now()
  try {
    await explain(session, batch.input, method.method, { ...explainOptions(sitting), seed, target: batch.targets })
    costs.took(kind, (performance.now() - start) / 1000 / batch.inputs.length)
  } catch (error) {
    if (isFatal(error)) throw error // else the first time is all that is known
  }
}

async function timeFigures(sitting: Sitting, method: MatrixMethod, batch: KnownBatch): Promise<void> {
  const { checks } = sitting.matrix
  if (checks.every(({ check }) => sitting.costs.knows({ kind: 'cell', check: check.name, method: method.name }))) return
  const [held] = await heldMaps(sitting, method, { ...batch, inputs: batch.inputs.slice(0, 1) })
  const start = performance.now()
  try {
    for (const check of checks) figuresOf(figuresFor(sitting, check), held!.map, held!.map)
  } catch {
    return // cells will say what is wrong with these figures
  }
  sitting.costs.took({ kind: 'compare', method: method.name }, (performance.now() - start) / 1000 / checks.length)
}

/** Of a check that makes another method of a method: the map of that one over the map of the method itself. */
async function timeRepeats(
  sitting: Sitting,
  check: MatrixCheck,
  method: MatrixMethod,
  batch: KnownBatch
): Promise<void> {
  if (sitting.costs.knows({ kind: 'cell', check: check.check.name, method: method.name })) return
  try {
    const made = (await makeTrial(sitting, { check, step: 1, draw: 0 })).method?.(method.method)
    if (made === undefined || made === method.method) return
    const start = performance.now()
    await explain(sitting.session, batch.input, made, { ...explainOptions(sitting), target: batch.targets })
    const each = (performance.now() - start) / 1000 / batch.inputs.length
    const repeats = each / sitting.costs.of({ kind: 'map', method: method.name })
    if (Number.isFinite(repeats)) sitting.costs.took({ kind: 'repeats', check: check.check.name }, repeats)
  } catch (error) {
    if (isFatal(error)) throw error // else cells will say it
  }
}

/** Bytes: the most that this process has taken so far, and a trial's copy of the weights, in the model and in its session. */
function memoryOf({ matrix }: Sitting): number {
  const weights = [...matrix.model.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
  return process.resourceUsage().maxRSS * 1024 + 2 * weights
}
