import type { Method } from 'agon'

/** The options of a method as a record can hold them: a method by its name, a tensor by its shape, null for none. */
export function recordedOptions({ options = {} }: Method): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, recorded(value)]))
}

function recorded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null
  if ('data' in value && value.data instanceof Float32Array && 'shape' in value) return { shape: value.shape }
  return 'name' in value && typeof value.name === 'string' ? value.name : value
}
