import {
  AgonError,
  checkDefaults,
  knownNames,
  loadModel,
  parseCondition,
  readBytes,
  readNpy,
  type Agon,
  type CheckOptions,
  type Condition,
  type Tensor
} from 'agon'
import { assertOnce, parseChoice } from './choices.js'
import { makeMethod } from './choose-methods.js'
import { parseContestants, parseTarget } from './labels.js'
import { parseMethodOptions, type MethodOptions } from './method-options.js'
import { parseMemory, parseTime, parseWhole } from './numbers.js'
import { parseFolder, parsePreprocess } from './run-options.js'

/** What `agon check` is given, as typed by the user. */
export interface RawCheckOptions {
  readonly methods: string
  readonly checks?: string
  readonly metrics: string
  readonly similarities?: string
  readonly draws?: string
  readonly steps?: string
  readonly option?: readonly string[]
  readonly target: string
  readonly labels: string
  readonly seed: string
  readonly permutedModel?: readonly string[]
  readonly masks?: readonly string[]
  readonly failOn?: readonly string[]
  readonly engine: string
  readonly threads?: string
  readonly memory?: string
  readonly time?: string
  readonly preprocess?: string
  readonly cutSoftmax?: boolean
  readonly logits?: string
  readonly out: string
  readonly fresh?: boolean
  readonly json?: boolean
}

/** The same, checked. */
export interface CheckCommandOptions {
  /** What the run itself is given. */
  readonly run: CheckOptions & { readonly out: string }
  readonly failOn: readonly Condition[]
  readonly cutSoftmax: boolean
  readonly logits?: string
  readonly json: boolean
}

/** Checks the options of `agon check`. Throws AGON_UNKNOWN_NAME, AGON_BAD_OPTION, AGON_DUPLICATE_NAME, and AGON_BAD_FILE for files that they name. */
export async function parseCheckOptions(agon: Agon, raw: RawCheckOptions): Promise<CheckCommandOptions> {
  const permuted = await Promise.all((raw.permutedModel ?? []).map((path) => loadModel(path)))
  const chosen = chooseAll(agon, raw, permuted.length > 0)
  const numbers = {
    ...(raw.draws !== undefined && { draws: parseWhole('--draws', raw.draws, 1, 1_000_000) }),
    ...(raw.steps !== undefined && { steps: parseWhole('--steps', raw.steps, 1, 1_000_000) }),
    ...(raw.threads !== undefined && { threads: parseWhole('--threads', raw.threads, 1, 1024) }),
    ...(raw.memory !== undefined && { memory: parseMemory(raw.memory) }),
    ...(raw.time !== undefined && { time: parseTime('--time', raw.time) }),
    seed: parseWhole('--seed', raw.seed, 0, 2 ** 32 - 1)
  }
  return {
    run: {
      ...chosen,
      ...numbers,
      ...(raw.similarities !== undefined && { similarities: figures(raw.similarities) }),
      target: parseTarget(raw.target),
      labels: parseContestants(raw.labels),
      ...(permuted.length > 0 && { permutedModel: permuted }),
      ...(raw.masks && { masks: await Promise.all(raw.masks.map(readMask)) }),
      engine: parseChoice('--engine', raw.engine, agon.engineNames),
      ...(raw.preprocess !== undefined && { preprocess: await parsePreprocess(raw.preprocess) }),
      out: parseFolder(raw.out),
      fresh: raw.fresh === true
    },
    failOn: (raw.failOn ?? []).map(parseCondition),
    cutSoftmax: raw.cutSoftmax === true,
    ...(raw.logits !== undefined && { logits: raw.logits }),
    json: raw.json === true
  }
}

/** Methods, checks and metrics by name, each with the options that are its own. */
function chooseAll(agon: Agon, raw: RawCheckOptions, hasPermuted: boolean) {
  const defaults = [...checkDefaults.checks, ...(hasPermuted ? ['data-randomization'] : [])]
  const methods = names('--methods', raw.methods).map((name) => agon.method(name))
  const checks = raw.checks === undefined ? defaults : names('--checks', raw.checks)
  const metrics = raw.metrics.trim() === 'none' ? [] : names('--metrics', raw.metrics)
  const takers: Taker[] = [
    ...methods.map(({ name, create }) => ({ name, known: optionNames(create()) })),
    ...checks.map((name) => ({
      name,
      known: name === 'data-randomization' ? [] : optionNames(agon.checks.get(name).create())
    })),
    ...metrics.map((name) => ({ name, known: optionNames(agon.metrics.get(name).create()) }))
  ]
  const shares = shareOptions(takers, parseMethodOptions(raw.option))
  return {
    methods: methods.map((entry) => ({
      name: entry.name,
      competitive: entry.competitive,
      made: makeMethod(agon, entry, shares.get(entry.name)!)
    })),
    checks: checks.map((name) => ({ name, options: shares.get(name)! })),
    metrics: metrics.map((name) => ({ name, options: shares.get(name)! }))
  }
}

function optionNames({ options = {} }: { readonly options?: object }): readonly string[] {
  return Object.keys(options)
}

interface Taker {
  readonly name: string
  readonly known: readonly string[]
}

/** `owner.name=value` goes to its owner, `name=value` to all that know it. Throws AGON_BAD_OPTION for one that nobody knows. */
function shareOptions(takers: readonly Taker[], given: MethodOptions): ReadonlyMap<string, Record<string, unknown>> {
  const shares = new Map(takers.map(({ name }): [string, Record<string, unknown>] => [name, {}]))
  for (const [text, value] of Object.entries(given)) {
    const owner = takers.find(({ name }) => text.startsWith(`${name}.`))
    const option = owner ? text.slice(owner.name.length + 1) : text
    const knowing = owner ? [owner] : takers.filter(({ known }) => known.includes(option))
    if (knowing.length === 0) {
      const all = [...new Set(takers.flatMap(({ known }) => known))]
      throw new AgonError('AGON_BAD_OPTION', { what: `--option ${option}`, ...knownNames(option, all) })
    }
    for (const { name } of knowing) shares.get(name)![option] = value
  }
  return shares
}

function names(option: string, list: string): string[] {
  const found = list.split(',').map((name) => name.trim())
  assertOnce(option, found)
  return found
}

/** Separated by commas that stand in no brackets: `spearman,ssim-gaussian(abs,clip-99)`. */
function figures(list: string): string[] {
  return list.split(/,(?![^()]*\))/).map((text) => text.trim())
}

/** `[N, 1, H, W]` of an .npy file of two to four axes. Throws AGON_BAD_FILE, AGON_BAD_INPUT. */
async function readMask(path: string): Promise<Tensor> {
  const { shape, data } = readNpy(await readBytes(path))
  if (shape.length < 2 || shape.length > 4) {
    const [expected, found] = ['[H,W], [1,H,W] or [N,1,H,W]', `[${shape.join(',')}]`]
    throw new AgonError('AGON_BAD_INPUT', { what: `mask ${path}`, expected, found })
  }
  return { shape: [...Array.from({ length: 4 - shape.length }, () => 1), ...shape], data }
}
