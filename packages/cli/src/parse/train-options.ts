import { extname } from 'node:path'
import {
  AgonError,
  engineNames,
  netNames,
  scheduleNames,
  type EngineName,
  type FitSettings,
  type LabelKind,
  type NetName
} from 'agon'
import type { Command } from 'commander'
import { parseChoice, parseChoices } from './choices.js'
import { parseWhole } from './numbers.js'

/** What `train` and `randomize-data` have in common, as typed by the user. */
export interface RawTrainingOptions {
  readonly data?: string
  readonly examples?: string
  readonly seed: string
  readonly engine: string
  readonly threads?: string
  readonly out?: string
  readonly json?: boolean
}

export interface RawTrainOptions extends RawTrainingOptions {
  readonly net: string
  readonly labels: string
  readonly epochs?: string
  readonly batch?: string
  readonly rate?: string
  readonly schedule?: string
  readonly decay?: string
  readonly until?: string
}

/** The same, checked. */
export interface TrainingOptions {
  /** The folder of the data set. */
  readonly data?: string
  readonly examples?: number
  readonly seed: number
  readonly engine: EngineName
  readonly threads?: number
  readonly json: boolean
}

export interface TrainCommandOptions extends TrainingOptions {
  readonly net: NetName
  readonly labels: LabelKind
  readonly settings: Partial<FitSettings>
  /** The ONNX file. */
  readonly out?: string
}

/** Declares the options that `train` and `randomize-data` share. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'where the data set lies (default: where agon fetch puts it)')
    .option('--examples <n>', 'only the first n training examples')
    .option('--seed <n>', 'of the initial weights, the permutation and the order of the examples', '0')
    .option('--engine <engine>', engineNames.join(', '), 'auto')
    .option('--threads <n>', 'threads of the native engine (results do not depend on it)')
    .option('--json', 'print one JSON document on standard output, and nothing else there')
}

/** Throws AGON_BAD_OPTION. */
export function parseTrainingOptions(raw: RawTrainingOptions): TrainingOptions {
  return {
    ...(raw.data !== undefined && { data: raw.data }),
    ...(raw.examples !== undefined && { examples: parseWhole('--examples', raw.examples, 1, 1e9) }),
    seed: parseWhole('--seed', raw.seed, 0, 2 ** 32 - 1),
    engine: parseChoice('--engine', raw.engine, engineNames),
    ...(raw.threads !== undefined && { threads: parseWhole('--threads', raw.threads, 1, 1024) }),
    json: raw.json === true
  }
}

/** Checks the options of `agon train`. Throws AGON_BAD_OPTION. */
export function parseTrainOptions(raw: RawTrainOptions): TrainCommandOptions {
  if (raw.out !== undefined && extname(raw.out).toLowerCase() !== '.onnx')
    throw wrong('--out', 'a path that ends in .onnx', raw.out)
  return {
    ...parseTrainingOptions(raw),
    net: parseChoice('--net', raw.net, netNames),
    labels: parseChoice('--labels', raw.labels, ['true', 'permuted']),
    settings: {
      ...(raw.epochs !== undefined && { epochs: parseWhole('--epochs', raw.epochs, 1, 1e6) }),
      ...(raw.batch !== undefined && { batch: parseWhole('--batch', raw.batch, 1, 1e6) }),
      ...(raw.rate !== undefined && { rate: parseNumber('--rate', raw.rate) }),
      ...(raw.schedule !== undefined && { schedule: parseChoice('--schedule', raw.schedule, scheduleNames) }),
      ...(raw.decay !== undefined && { decay: parseNumber('--decay', raw.decay) }),
      ...(raw.until !== undefined && { until: parseNumber('--until', raw.until) })
    },
    ...(raw.out !== undefined && { out: raw.out })
  }
}

/** `cnn,mlp`, each once. Throws AGON_BAD_OPTION, AGON_DUPLICATE_NAME. */
export function parseNets(text: string): readonly NetName[] {
  return parseChoices('--nets', text, netNames)
}

/** A number >= 0; what it means, and up to where it may go, `fit` knows. */
function parseNumber(option: string, text: string): number {
  if (/^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  throw wrong(option, 'a number >= 0', text)
}

function wrong(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_OPTION', { what, expected, found: `'${found}'` })
}
