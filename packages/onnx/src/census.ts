import { wireFields, type WireField } from './wire.js'
import { messages, type FieldKind, type MessageName } from './wire-schema.js'

/** Bounds of what a file may hold, so that a small file cannot become gigabytes of objects. Weights as raw bytes do not count. */
const mostFields = 2_000_000
const mostIntegers = 10_000_000
const deepest = 100

/**
 * Walks through a file before it is decoded. Throws a RangeError for a field that is encoded otherwise than its kind says, and for more
 * fields, list elements or nested messages than any network has.
 */
export function checkCensus(file: Uint8Array): void {
  const count = { fields: 0, integers: 0 }
  const walk = (message: Uint8Array, name: MessageName, depth: number): void => {
    if (depth > deepest) throw new RangeError(`messages nested deeper than ${deepest}`)
    for (const field of wireFields(message)) {
      if (++count.fields > mostFields) throw new RangeError(`more than ${mostFields} fields`)
      const kind = messages[name][field.field]
      if (kind === undefined) continue
      if (!encodings(kind).includes(field.wireType))
        throw new RangeError(`field ${field.field} of ${name} as another kind`)
      if (kind === 'ints') count.integers += elements(field)
      else if (kind in messages) walk(field.bytes!, kind as MessageName, depth + 1)
      if (count.integers > mostIntegers) throw new RangeError(`more than ${mostIntegers} listed whole numbers`)
    }
  }
  walk(file, 'Model', 0)
}

/** Wire types that a kind of field may have. */
function encodings(kind: FieldKind): readonly number[] {
  if (kind === 'int') return [0]
  if (kind === 'float') return [5]
  if (kind === 'ints') return [0, 2]
  if (kind === 'floats') return [5, 2]
  return kind === 'doubles' ? [1, 2] : [2]
}

/** Whole numbers in a list: every one ends with a byte below 128. */
function elements({ bytes }: WireField): number {
  return bytes === undefined ? 1 : bytes.reduce((sum, byte) => sum + (byte < 128 ? 1 : 0), 0)
}
