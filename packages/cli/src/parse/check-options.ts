import {
  AgonError,
  loadModel,
  parseCondition,
  readBytes,
  readNpy,
  type Agon,
  type CheckOptions,
  type Condition,
  type Tensor
} from 'agon'
import { chooseAll } from './check-choices.js'
import { parseChoice } from './choices.js'
import { parseContestants, parseTarget } from './labels.js'
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
