import { createHash } from 'node:crypto'
import type { Model, Tensor } from '@agon/core'

/** SHA-256 of what a model computes: its graph and the bytes of its constants. Two models that differ in anything but names of labels differ in it. */
export function modelHash({ inputs, outputs, nodes, constants }: Model): string {
  const hash = createHash('sha256').update(JSON.stringify({ inputs, outputs, nodes }, withBytes))
  for (const name of [...constants.keys()].sort()) {
    const { dtype, shape, data } = constants.get(name)!
    hash.update(JSON.stringify([name, dtype, shape]))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}

/** SHA-256 of a tensor's shape and values. */
export function tensorHash({ shape, data }: Tensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return createHash('sha256').update(JSON.stringify(shape)).update(bytes).digest('hex')
}

/** Attributes may be constants and whole numbers of 64 bits, which JSON does not have. */
function withBytes(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (ArrayBuffer.isView(value)) {
    return createHash('sha256')
      .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex')
  }
  return value
}
