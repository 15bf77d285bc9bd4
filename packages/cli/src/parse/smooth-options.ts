import { extname } from 'node:path'
import { AgonError, engineNames, knownNames, type EngineName, type Preprocess, type SmoothOptions } from 'agon'
import { parseChoice } from './choices.js'
import { parseWhole } from './numbers.js'
import { parsePreprocess } from './run-options.js'

/** What becomes smooth, by the command line's names. */
export const swapOptions = {
  relu: '--relu',
  leakyRelu: '--leaky-relu',
  pRelu: '--p-relu',
  clip: '--clip',
  hardSigmoid: '--hard-sigmoid',
  hardSwish: '--hard-swish',
  maxPool: '--max-pool'
} as const

type SwapOption = keyof typeof swapOptions

export type RawSmoothOptions = Partial<Record<SwapOption, string>> & {
  readonly only?: readonly string[]
  readonly backwardOnly?: boolean
  readonly input?: readonly string[]
  readonly out?: string
  readonly engine: string
  readonly threads?: string
  readonly preprocess?: string
  readonly logits?: string
  readonly json?: boolean
}

/** The same, checked. */
export interface SmoothCommandOptions {
  readonly smooth: SmoothOptions
  readonly inputs: readonly string[]
  readonly out?: string
  readonly engine: EngineName
  readonly threads?: number
  readonly preprocess?: Preprocess
  readonly logits?: string
  readonly json: boolean
}

/** Checks the options of `agon smooth`. Throws AGON_BAD_OPTION. */
export async function parseSmoothOptions(raw: RawSmoothOptions): Promise<SmoothCommandOptions> {
  const given = (Object.keys(swapOptions) as SwapOption[]).filter((name) => raw[name] !== undefined)
  if (given.length === 0) {
    throw wrong(
      'agon smooth',
      `an option that says what becomes smooth: ${Object.values(swapOptions).join(', ')}`,
      'none'
    )
  }
  const inputs = raw.input ?? []
  if (raw.out === undefined && inputs.length === 0) throw wrong('agon smooth', '--out, --input, or both', 'neither')
  if (raw.out !== undefined && extname(raw.out).toLowerCase() !== '.onnx')
    throw wrong('--out', 'a path that ends in .onnx', `'${raw.out}'`)
  const swaps = given.map((name) => [
    name,
    name === 'maxPool' ? parseLogSumExp(raw[name]!) : parseSoftplus(name, raw[name]!)
  ])
  return {
    smooth: {
      ...Object.fromEntries(swaps),
      ...(raw.only && { only: raw.only }),
      ...(raw.backwardOnly && { backwardOnly: true })
    },
    inputs,
    ...(raw.out !== undefined && { out: raw.out }),
    engine: parseChoice('--engine', raw.engine, engineNames),
    ...(raw.threads !== undefined && { threads: parseWhole('--threads', raw.threads, 1, 1024) }),
    ...(raw.preprocess !== undefined && { preprocess: await parsePreprocess(raw.preprocess) }),
    ...(raw.logits !== undefined && { logits: raw.logits }),
    json: raw.json === true
  }
}

/** `softplus:10` */
function parseSoftplus(name: SwapOption, text: string): SmoothOptions['relu'] {
  const [to, beta, ...rest] = text.split(':')
  needKind(swapOptions[name], to!, 'softplus')
  if (rest.length > 0) throw wrong(swapOptions[name], 'softplus:BETA, such as softplus:10', `'${text}'`)
  return { to: 'softplus', beta: positive(swapOptions[name], beta, 'softplus:BETA, such as softplus:10', text) }
}

/** `log-sum-exp:10` or `log-sum-exp:10:mean` */
function parseLogSumExp(text: string): SmoothOptions['maxPool'] {
  const form = 'log-sum-exp:TEMPERATURE or log-sum-exp:TEMPERATURE:mean, such as log-sum-exp:10'
  const [to, temperature, mean, ...rest] = text.split(':')
  needKind('--max-pool', to!, 'log-sum-exp')
  if (rest.length > 0 || (mean !== undefined && mean !== 'mean')) throw wrong('--max-pool', form, `'${text}'`)
  return { to: 'log-sum-exp', temperature: positive('--max-pool', temperature, form, text), mean: mean === 'mean' }
}

function needKind(option: string, found: string, kind: string): void {
  if (found !== kind) throw new AgonError('AGON_BAD_OPTION', { what: option, ...knownNames(found, [kind]) })
}

function positive(option: string, text: string | undefined, form: string, whole: string): number {
  const value = /^\+?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text ?? '') ? Number(text) : NaN
  if (value > 0 && Number.isFinite(value)) return value
  throw wrong(option, form, `'${whole}'`)
}

function wrong(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_OPTION', { what, expected, found })
}
