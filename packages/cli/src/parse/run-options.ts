import {
  AgonError,
  engineNames,
  precisions,
  presets,
  resolvePreprocess,
  type Contestants,
  type Precision,
  type Preprocess
} from 'agon'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parseChoice, parseChoices } from './choices.js'
import { parseContestants } from './labels.js'
import { parseMemory, parseWhole } from './numbers.js'

export type Format = 'png' | 'npy' | 'json'

export const formats: readonly Format[] = ['png', 'npy', 'json']

/** What `explain` and `turf` have in common, as typed by the user. */
export interface RawRunOptions {
  readonly labels: string
  readonly channelAxis?: string
  readonly engine: string
  readonly threads?: string
  readonly memory?: string
  readonly precision: string
  readonly seed: string
  readonly preprocess?: string
  readonly cutSoftmax?: boolean
  readonly logits?: string
  readonly out: string
  readonly format?: string
  readonly json?: boolean
}

/** The same, checked. */
export interface RunOptions {
  readonly labels: Contestants
  readonly channelAxis?: number
  readonly engine: string
  readonly threads?: number
  readonly memory?: number
  /** Of the backward passes. */
  readonly precision: Precision
  readonly seed: number
  readonly preprocess?: Preprocess
  readonly cutSoftmax: boolean
  /** The output that holds the logits. */
  readonly logits?: string
  readonly out: string
  readonly formats: readonly Format[]
  /** Whether the user named the formats; what was asked for by name and cannot be had is an error. */
  readonly formatsNamed: boolean
  readonly json: boolean
}

/** Declares the options that `explain` and `turf` share. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--labels <labels>', 'who competes: all, top:N, sample:N, or labels by index or name: i,j,k', 'all')
    .option('--channel-axis <axis>', 'axis of the channels where the input is not [N,C,H,W]')
    .option('--engine <engine>', `${engineNames.join(', ')}, or that of a plugin`, 'auto')
    .option('--threads <n>', 'threads of the native engine (results do not depend on it)')
    .option(
      '--memory <bytes>',
      'byte budget of a backward pass: 512MiB, 1GiB, 1GB (default: 256MiB, or what a large model needs up to 1GiB; on cuda half of what is free)'
    )
    .option(
      '--precision <name>',
      'of the backward passes: fp32, bf16 or, on cuda, tf32 (where labels compete; what these change is measured and told)',
      'fp32'
    )
    .option('--seed <n>', 'seed of everything random', '0')
    .option(
      '--preprocess <how>',
      `how pictures become numbers: ${[...presets.keys()].join(', ')}, or a .json file (default: as the model's sidecar says)`
    )
    .option('--cut-softmax', 'cut a softmax or sigmoid off the end, so that logits compete')
    .option('--logits <output>', 'the output that holds the logits, where the model has several (default: the first)')
    .option('--out <folder>', 'where files go', 'agon-out')
    .option('--format <formats>', 'which files, separated by commas: png, npy, json (default: all that apply)')
    .option('--json', 'print one JSON document on standard output, and nothing else there')
}

/** Checks the shared options. Throws AGON_BAD_OPTION, and AGON_BAD_FILE for a preprocessing file. */
export async function parseRunOptions(raw: RawRunOptions, engines: readonly string[]): Promise<RunOptions> {
  const threads = raw.threads === undefined ? undefined : parseWhole('--threads', raw.threads, 1, 1024)
  const axis = raw.channelAxis === undefined ? undefined : parseWhole('--channel-axis', raw.channelAxis, 1, 31)
  return {
    labels: parseContestants(raw.labels),
    ...(axis !== undefined && { channelAxis: axis }),
    engine: parseChoice('--engine', raw.engine, engines),
    ...(threads !== undefined && { threads }),
    ...(raw.memory !== undefined && { memory: parseMemory(raw.memory) }),
    precision: parseChoice('--precision', raw.precision, precisions),
    seed: parseWhole('--seed', raw.seed, 0, 2 ** 32 - 1),
    ...(raw.preprocess !== undefined && { preprocess: await parsePreprocess(raw.preprocess) }),
    cutSoftmax: raw.cutSoftmax === true,
    ...(raw.logits !== undefined && { logits: raw.logits }),
    out: parseFolder(raw.out),
    formats: raw.format === undefined ? formats : parseChoices('--format', raw.format, formats),
    formatsNamed: raw.format !== undefined,
    json: raw.json === true
  }
}

/** Throws AGON_BAD_OPTION for no name at all. */
export function parseFolder(text: string): string {
  if (text.trim() !== '') return text
  throw new AgonError('AGON_BAD_OPTION', { what: '--out', expected: 'a folder', found: `'${text}'` })
}

/** A preset by its name, or an object from a file that ends in `.json`. */
export async function parsePreprocess(text: string): Promise<Preprocess> {
  if (!text.toLowerCase().endsWith('.json'))
    return resolvePreprocess(text, { code: 'AGON_BAD_OPTION', what: '--preprocess' })
  return resolvePreprocess(await readJson(text), { code: 'AGON_BAD_FILE', what: text })
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a JSON file with a preprocessing', found, cause })
  }
}
