import { dtypeCodes, elementType, elementTypeName } from '../element-types.js'
import { need, numberAttribute, type Upgrade } from './site.js'

/** int32 values are held like int64 ones. Narrower and unsigned types would wrap round, which is not followed. */
const wrapping = new Set(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'uint64'])

/** Cast to one of the model's three types: every float is float32. */
export const cast: Upgrade = (site) => {
  const code = need(numberAttribute(site, 'to'), site, "attribute 'to'")
  const type = elementType(code)
  if (type === undefined || wrapping.has(type.name)) {
    return { refused: `casts to ${elementTypeName(code)}`, remedy: 'Cast to float, int64 or bool.' }
  }
  return [{ ...site.node, attributes: { to: dtypeCodes[type.dtype] } }]
}
