import type { Tensor } from '@agon/core'

/**
 * Options as a record can hold them: anything that has a name by its name, a tensor by its shape and a sum over its bits, numbers that JSON does not have
 * as text, functions by their name. The same options give the same record.
 */
export function recorded(options: object | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options ?? {}).map(([name, value]) => [name, recordOf(value)]))
}

function recordOf(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'function') return value.name
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (isTensor(value)) return { shape: value.shape, bits: bitsOf(value.data) }
  if ('name' in value && typeof value.name === 'string') return namedRecord(value.name, value)
  if (Array.isArray(value)) return value.map(recordOf)
  if (value instanceof Map) return recorded(Object.fromEntries(value))
  return recorded(value)
}

/** A method inside a method: its name, with its own options where it has some. */
function namedRecord(name: string, value: object): unknown {
  const { options } = value as { readonly options?: unknown }
  if (typeof options !== 'object' || options === null || Object.keys(options).length === 0) return name
  return { name, options: recorded(options) }
}

function isTensor(value: object): value is Tensor {
  return 'data' in value && value.data instanceof Float32Array && 'shape' in value
}

/** FNV-1a of the words of float32 values (Fowler, Noll & Vo 1991): tells tensors apart, not made against ill will. */
export function bitsOf(data: Float32Array): string {
  const words = new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
  let hash = 0x811c9dc5
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
