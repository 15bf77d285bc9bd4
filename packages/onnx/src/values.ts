import { AgonError, type ValueInfo } from '@agon/core'
import { wideNumber, type ValueInfoProto } from './decode.js'
import { elementType, elementTypeName } from './element-types.js'

/** A value as the file declares it; `shape` is absent where the file gives no rank. */
export type DeclaredValue = Omit<ValueInfo, 'shape'> & Partial<Pick<ValueInfo, 'shape'>>

/**
 * An input or output. Unknown extents get names: the file's own, else `<value>_<axis>`; 0 and -1, which exporters write for
 * "unknown", too. Throws AGON_BAD_MODEL.
 */
export function readValue(proto: ValueInfoProto, role: string): DeclaredValue {
  const name = proto.name ?? ''
  const what = `${role} '${name}'`
  const tensor = proto.type?.tensorType
  const type = elementType(tensor?.elemType ?? 0)
  if (name === '' || !tensor || !type) {
    const found = name === '' ? 'no name' : tensor ? elementTypeName(tensor.elemType ?? 0) : 'another type'
    throw new AgonError('AGON_BAD_MODEL', { what, expected: 'a named tensor of numbers', found })
  }
  const dims = tensor.shape?.dim
  if (!dims) return { name, dtype: type.dtype }
  if (dims.length > 32) {
    throw new AgonError('AGON_BAD_MODEL', { what, expected: 'at most 32 dimensions', found: `${dims.length}` })
  }
  const shape = dims.map((dim, axis) => dim.dimParam || extent(wideNumber(dim.dimValue), axis, name, what))
  return { name, dtype: type.dtype, shape }
}

function extent(value: number, axis: number, name: string, what: string): number | string {
  if (value > 0) return value
  if (value === 0 || value === -1) return `${name}_${axis}`
  throw new AgonError('AGON_BAD_MODEL', { what, expected: 'extents >= 1', found: `${value} at axis ${axis}` })
}
