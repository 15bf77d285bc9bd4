import { AgonError, resolveOptions, type Model, type Note, type Tensor } from '@agon/core'
import { runChecks, writeReport, type Matrix, type RunOutcome } from '@agon/check-runner'
import { createAgon, type Agon } from '../create-agon.js'
import { engineNotes } from '../explain.js'
import type { LoadedModel } from '../load-model.js'
import { versions } from '../versions.js'
import { checkInputs } from './check-inputs.js'
import { knownOptions, type CheckOptions } from './check-options.js'
import {
  assertSameKind,
  chooseChecks,
  chooseFigures,
  chooseMethods,
  chooseMetrics,
  turfBase,
  withControls
} from './choose.js'
import { modelHash, tensorHash } from './content-hash.js'
import { modelName } from './model-name.js'

export type { CheckOptions } from './check-options.js'
export type { CheckedMethod, WithOptions } from './choose.js'

/** What is run where nothing is said. */
export const checkDefaults = {
  methods: ['gradient-times-input', 'cgi'],
  checks: ['cascading', 'random-logit'],
  metrics: ['deletion', 'insertion', 'sparseness'],
  out: 'agon-check'
} as const

/**
 * Runs methods and their controls through sanity checks and metrics on these inputs, into a folder: `cells.jsonl` from which the same call goes on after it was
 * stopped, `report.json`, `report.html` and pictures. `state` is `'time'` where the budget of time ended it. Throws what `runChecks` throws, AGON_UNKNOWN_NAME for names
 * that nobody knows, AGON_SOFTMAX where labels would compete in probabilities.
 */
export async function check(
  model: Model | LoadedModel,
  inputs: readonly (string | Tensor)[],
  given: CheckOptions = {}
): Promise<RunOutcome> {
  const options = resolveOptions('check', knownOptions, given)
  const {
    agon = createAgon(),
    out = checkDefaults.out,
    onNote,
    signal,
    memory,
    time,
    fresh,
    command,
    onEvent
  } = options
  const { engine, notes } = await engineOf(agon, options)
  const { matrix, notes: found } = await matrixOf(model, inputs, { ...options, agon })
  for (const note of [...notes, ...found]) onNote?.(note)
  const outcome = await runChecks(matrix, {
    engine,
    folder: out,
    versions: { ...versions(), ...options.versions },
    ...(command !== undefined && { command }),
    ...(time !== undefined && { time }),
    ...(memory !== undefined && { memory }),
    ...(signal && { signal }),
    ...(fresh !== undefined && { fresh }),
    ...(onEvent && { onEvent })
  })
  await writeReport(out, outcome.report)
  return outcome
}

async function engineOf(agon: Agon, { engine = 'auto', threads }: CheckOptions) {
  if (typeof engine !== 'string') return { engine, notes: [] }
  const chosen = await agon.createEngine(engine, threads === undefined ? {} : { threads })
  return { engine: chosen.engine, notes: engineNotes(chosen) }
}

/** Everything that a call goes through. */
async function matrixOf(
  model: Model | LoadedModel,
  sources: readonly (string | Tensor)[],
  options: CheckOptions & { readonly agon: Agon }
): Promise<{ matrix: Matrix; notes: readonly Note[] }> {
  const { agon, draws, steps, masks, target = 'top', labels = 'all', seed = 0 } = options
  if (sources.length === 0) {
    throw new AgonError('AGON_BAD_INPUT', { what: 'inputs of check', expected: 'at least one', found: 'none' })
  }
  const { inputs, notes, preprocess } = await checkInputs(model, sources, options.preprocess, masks)
  const permuted = [options.permutedModel ?? []].flat()
  permuted.forEach((each) => assertSameKind(model, each))
  const wanted = options.checks ?? [...checkDefaults.checks, ...(permuted.length > 0 ? ['data-randomization'] : [])]
  const checks = chooseChecks(agon, model, wanted, { draws, steps, ...(permuted.length > 0 && { model: permuted }) })
  const turf = turfBase(agon, model)
  const matrix = {
    model,
    ...('path' in model && { modelName: modelName(model.path) }),
    modelHash: 'sha256' in model ? model.sha256 : modelHash(model),
    ...(preprocess && { preprocess: JSON.stringify(preprocess) }),
    inputs,
    methods: withControls(model, chooseMethods(agon, options.methods ?? checkDefaults.methods), inputs),
    checks,
    figures: chooseFigures(agon, options.similarities, checks, inputs),
    metrics: chooseMetrics(agon, options.metrics ?? checkDefaults.metrics),
    ...(turf && { turf }),
    target,
    labels,
    seed,
    options: {
      graph: modelHash(model),
      ...(permuted.length > 0 && { permuted: permuted.map(modelHash) }),
      ...(masks && { masks: masks.map(tensorHash) })
    }
  }
  return { matrix, notes }
}
