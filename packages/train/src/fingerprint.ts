import type { Model } from '@agon/core'
import type { Examples } from './examples.js'
import type { FitSettings } from './fit-options.js'

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Names everything that a fit's result follows from: the same fingerprint, the same weights, bit for bit (on one kind of machine: engines may round otherwise on another). */
export async function fitFingerprint(
  engine: string,
  model: Model,
  examples: Examples,
  settings: FitSettings
): Promise<string> {
  const { inputs, outputs, nodes, constants } = model
  const weights: unknown[] = []
  for (const [name, { dtype, shape, data }] of constants)
    weights.push({ name, dtype, shape, sha256: await sha256(bytesOf(data)) })
  const sorted = Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)))
  const examined = await examplesFingerprint(examples)
  const all = { format: 1, engine, inputs, outputs, nodes, weights, examples: examined, settings: sorted }
  return sha256(new TextEncoder().encode(JSON.stringify(all)))
}

/** Of the shape, the values and the labels. */
export async function examplesFingerprint({ shape, values, labels }: Examples): Promise<string> {
  const kind = values instanceof Uint8Array ? 'bytes' : 'floats'
  const parts = { shape, kind, values: await sha256(bytesOf(values)), labels }
  return sha256(new TextEncoder().encode(JSON.stringify(parts)))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
