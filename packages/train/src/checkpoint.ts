import { AgonError, type LearnerState } from '@agon/core'
import { sha256 } from './fingerprint.js'

/** Where an unfinished fit is kept: a file, see the entry `@agon/train/node`, or anything that holds bytes. */
export interface CheckpointStore {
  /** What errors call it: the file's path. */
  readonly where?: string
  /** `undefined` if nothing was written yet. */
  read(): Promise<Uint8Array | undefined>
  /** Takes the place of what was written before, wholly or not at all. */
  write(bytes: Uint8Array): Promise<void>
}

/** The figures of one epoch. */
export interface EpochFigures {
  /** Mean cross-entropy in nats, of every example before the update that it took part in. */
  readonly loss: number
  /** Share of the examples that were named correctly then. */
  readonly accuracy: number
}

/** How far a fit has come. */
export interface Position {
  /** Updates done. */
  readonly step: number
  /** Of the running epoch. */
  readonly sums: { readonly loss: number; readonly correct: number; readonly examples: number }
  readonly history: readonly EpochFigures[]
}

const magic = 'agon-fit'
const digestBytes = 64

interface Header extends Position {
  readonly fingerprint: string
  readonly parameters: readonly { readonly name: string; readonly length: number }[]
}

/**
 * `agon-fit` + the SHA-256 of the rest in hexadecimal + length of the header (uint32) + header in JSON + for every parameter its weights, and Adam's means of
 * gradients and of their squares: float32, least significant byte first.
 */
export async function encodeCheckpoint(
  fingerprint: string,
  position: Position,
  state: LearnerState
): Promise<Uint8Array> {
  const parameters = [...state.parameters].map(([name, { length }]) => ({ name, length }))
  const header: Header = { fingerprint, parameters, ...position }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const floats = parameters.flatMap(({ name }) => partsOf(state).map((part) => part.get(name)!))
  const size = floats.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const body = new Uint8Array(4 + text.length + size)
  new DataView(body.buffer).setUint32(0, text.length, true)
  body.set(text, 4)
  let at = 4 + text.length
  for (const { buffer, byteOffset, byteLength } of floats) {
    body.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  const start = new TextEncoder().encode(magic + (await sha256(body)))
  const bytes = new Uint8Array(start.length + body.length)
  bytes.set(start)
  bytes.set(body, start.length)
  return bytes
}

/** Throws AGON_BAD_FILE for a damaged checkpoint, AGON_BAD_INPUT for that of another fit. */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  fingerprint: string,
  where = 'checkpoint of a fit'
): Promise<{ readonly position: Position; readonly state: LearnerState }> {
  const start = new TextDecoder().decode(bytes.subarray(0, magic.length + digestBytes))
  const body = bytes.subarray(magic.length + digestBytes)
  if (!start.startsWith(magic) || start.slice(magic.length) !== (await sha256(body)))
    throw refused(where, 'AGON_BAD_FILE', 'a checkpoint as it was written', 'other bytes')
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0, true)
  const {
    fingerprint: of,
    parameters,
    ...position
  } = JSON.parse(new TextDecoder().decode(body.subarray(4, 4 + length))) as Header
  if (of !== fingerprint)
    throw refused(
      where,
      'AGON_BAD_INPUT',
      'the checkpoint of this model, examples, settings and engine',
      'that of another'
    )
  return { position, state: stateOf(parameters, body.slice(4 + length)) }
}

function stateOf(parameters: Header['parameters'], { buffer }: Uint8Array): LearnerState {
  const state = { parameters: floatsByName(), first: floatsByName(), second: floatsByName() }
  let at = 0
  for (const { name, length } of parameters) {
    for (const part of partsOf(state)) {
      part.set(name, new Float32Array(buffer, at, length))
      at += 4 * length
    }
  }
  return state
}

function floatsByName(): Map<string, Float32Array> {
  return new Map()
}

function partsOf<T>({ parameters, first, second }: { parameters: T; first: T; second: T }): readonly T[] {
  return [parameters, first, second]
}

function refused(what: string, code: 'AGON_BAD_FILE' | 'AGON_BAD_INPUT', expected: string, found: string): AgonError {
  const remedy = 'Remove it to begin anew.'
  return new AgonError(code, { what, expected, found, remedy })
}
