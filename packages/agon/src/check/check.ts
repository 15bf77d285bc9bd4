import {
  AgonError,
  resolveOptions,
  type Check,
  type Contestants,
  type Engine,
  type Method,
  type Metric,
  type Model,
  type Note,
  type Target,
  type Tensor
} from '@agon/core'
import { runChecks, writeReport, type Matrix, type RunEvent, type RunOutcome } from '@agon/check-runner'
import type { Preprocess } from '@agon/images'
import { createAgon, type Agon } from '../create-agon.js'
import { engineNotes } from '../explain.js'
import type { LoadedModel } from '../load-model.js'
import { versions } from '../versions.js'
import { checkInputs } from './check-inputs.js'
import {
  assertSameKind,
  chooseChecks,
  chooseFigures,
  chooseMethods,
  chooseMetrics,
  turfBase,
  withControls,
  type CheckedMethod,
  type WithOptions
} from './choose.js'
import { modelHash, tensorHash } from './content-hash.js'

export type { CheckedMethod, WithOptions } from './choose.js'

export interface CheckOptions {
  /** Default `gradient-times-input` and `cgi`. */
  readonly methods?: readonly (string | Method | CheckedMethod)[]
  /** Default `cascading` and `random-logit`. */
  readonly checks?: readonly (string | WithOptions | Check)[]
  /** Default `deletion`, `insertion` and `sparseness`. */
  readonly metrics?: readonly (string | WithOptions | Metric)[]
  /** Figures such as `spearman(abs)`; default: those that suit the inputs. The one that a check is judged by is always among them. */
  readonly similarities?: readonly string[]
  /** Of checks that are named; default: theirs. */
  readonly draws?: number
  /** How many steps of checks that are named, spread evenly; default: all. */
  readonly steps?: number
  /** For the check `data-randomization`: the net of the same kind that was trained on permuted labels, one or several. */
  readonly permutedModel?: Model | readonly Model[]
  /** For metrics of localisation, one for each input: `[N, 1, H, W]`, 1 inside. */
  readonly masks?: readonly Tensor[]
  /** Default `'top'`. */
  readonly target?: Target
  /** Which labels compete. Default `'all'`. */
  readonly labels?: Contestants
  /** Default 0. */
  readonly seed?: number
  readonly engine?: string | Engine
  readonly threads?: number
  readonly preprocess?: string | Preprocess
  /** Byte budget of a pass, see PassOptions. */
  readonly memory?: number
  /** Seconds after which no more work is begun. */
  readonly time?: number
  /** Where the journal, the pictures and the report go. Default `'agon-check'`. */
  readonly out?: string
  /** Whether what an earlier run left there is thrown away. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
  /** What is said of model, inputs and engine before anything runs. */
  readonly onNote?: (note: Note) => void
  /** Where names are looked up; default: what is built in. */
  readonly agon?: Agon
  /** For the record: the command, and versions of what runs beside this package. */
  readonly command?: string
  readonly versions?: Readonly<Record<string, string>>
}

/** Every option by name, so that a misspelled one is an error. */
const known: { [Name in keyof Required<CheckOptions>]: CheckOptions[Name] } = {
  methods: undefined,
  checks: undefined,
  metrics: undefined,
  similarities: undefined,
  draws: undefined,
  steps: undefined,
  permutedModel: undefined,
  masks: undefined,
  target: undefined,
  labels: undefined,
  seed: undefined,
  engine: undefined,
  threads: undefined,
  preprocess: undefined,
  memory: undefined,
  time: undefined,
  out: undefined,
  fresh: undefined,
  signal: undefined,
  onEvent: undefined,
  onNote: undefined,
  agon: undefined,
  command: undefined,
  versions: undefined
}

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
  const options = resolveOptions('check', known, given)
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
  const { engine: made, report } = await agon.createEngine(engine, threads === undefined ? {} : { threads })
  return { engine: made, notes: engineNotes(report) }
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
