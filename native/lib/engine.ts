import { availableParallelism } from 'node:os'
import {
  AgonError,
  assertChoice,
  resolveOptions,
  type Engine,
  type Learner,
  type Model,
  type Session
} from '@agon/core'
import { validate } from '@agon/graph'
import { choices, type Choice } from './addon.js'
import { createLearner } from './learner.js'
import { loadAddon, tryLoadAddon } from './loader.js'
import type { Runtime } from './prepared.js'
import { createSession } from './session.js'

export interface CpuEngineOptions {
  /** Threads of a pass; default: as many as the machine lets the process use. Results do not depend on it. */
  readonly threads?: number
  /** Path of the addon, in place of looking for it. */
  readonly addon?: string
  /**
   * Whether a contest carries the units of a value that is narrower than the number of labels in place of the labels, and combines them
   * at the end. `'auto'` counts what it saves. The maps are the same within rounding.
   */
  readonly waist?: Choice
  /**
   * Whether a contest whose maps sum an axis (the channels) carries tangents of the map's elements forward, once per example, to a value near the input,
   * where they meet the cotangents of all labels, in place of carrying every label's cotangents down to the input. `'auto'` counts what it saves, and
   * leaves small passes and those of fewer than 48 labels as they are. The maps are the same within rounding.
   */
  readonly meet?: Choice
  /**
   * Whether a batch runs up to 16 of its examples at a time in the lanes of one pass, label after label, in place of one by one with the labels
   * in lanes. `'auto'` counts what is less work: the former for at least 2 examples with few labels (3 with one). `'always'` does so wherever the model and
   * the byte budget allow it, for passes in fp32, and its contests carry no waist and no tangents; a contest with `waist: 'always'` or `meet: 'always'` runs its examples one by one. The results are
   * the same bits.
   */
  readonly batch?: Choice
}

/** The engine and what it runs on. */
export interface CpuEngine extends Engine {
  readonly name: 'cpu'
  readonly threads: number
  /** `amx`, `avx512` or `avx2` (x86-64), `neon` (arm64), or `baseline`. */
  readonly instructionSet: string
  /** GFLOP/s of one thread that only multiplies and adds: the floor that passes are measured against. Takes some 40 ms. */
  peakGflops(): number
  /** Operators that it fits: see the README. Throws AGON_UNSUPPORTED_OPERATOR naming every node with another. */
  learner(model: Model): Promise<Learner>
  /** Where the addon was found. */
  readonly addon: string
}

const defaults = {
  threads: undefined as number | undefined,
  addon: undefined as string | undefined,
  waist: 'auto' as Choice,
  meet: 'auto' as Choice,
  batch: 'auto' as Choice
}

/**
 * The native CPU engine. Throws AGON_NO_ENGINE, with every place that was looked at, if the addon cannot be loaded, and
 * AGON_BAD_OPTION for an option that does not exist or has a wrong value.
 */
export function createCpuEngine(given: CpuEngineOptions = {}): CpuEngine {
  const {
    threads = availableParallelism(),
    addon: path,
    waist,
    meet,
    batch
  } = resolveOptions('createCpuEngine', defaults, given)
  assertThreads(threads)
  for (const [name, value] of Object.entries({ waist, meet, batch }))
    assertChoice(`createCpuEngine: option '${name}'`, value, choices)
  const chosen = { waist: choices.indexOf(waist), meet: choices.indexOf(meet), batch: choices.indexOf(batch) }
  const loaded = tryLoadAddon(path === undefined ? {} : { addon: path })
  const addon = loadAddon(loaded)
  const home = addon.createPool(threads)
  const runtime: Runtime = {
    precisions: ['fp32', 'bf16'],
    plans: true,
    prepare: (program) => new addon.NativeSession(program, home, chosen)
  }
  return {
    name: 'cpu',
    threads,
    instructionSet: addon.instructionSet(),
    addon: loaded.path!,
    peakGflops: () => addon.peakFlops() / 1e9,
    load: async (model) => load(model, runtime),
    learner: async (model) => createLearner(model, addon, home)
  }
}

/** A session of an engine of the addon. Throws AGON_BAD_MODEL, AGON_UNSUPPORTED_OPERATOR. */
export function load(model: Model, runtime: Runtime): Session {
  validate(model)
  return createSession(model, runtime)
}

function assertThreads(threads: number): void {
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= 1024) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: 'threads',
    expected: 'a whole number from 1 to 1024',
    found: `${threads}`
  })
}
