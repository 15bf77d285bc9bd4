/** One field of a protobuf message: its number, how it is encoded, and its content as a view where that is bytes. */
export interface WireField {
  readonly field: number
  /** 0 varint, 1 eight bytes, 2 bytes, 5 four bytes. */
  readonly wireType: number
  readonly bytes?: Uint8Array
}

/** Bytes of encodings of fixed length. */
const fixed: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/** The fields of a message in order. Throws a RangeError for what is no message: a bad tag, a length beyond the end. */
export function* wireFields(message: Uint8Array): Generator<WireField> {
  let at = 0
  const varint = (most: number): number => {
    let value = 0
    for (let i = 0; i < most && at < message.length; i++) {
      const byte = message[at++]!
      value += (byte & 127) * 2 ** (7 * i)
      if (byte < 128) return value
    }
    throw new RangeError(`a number without end before byte ${at}`)
  }
  while (at < message.length) {
    const tag = varint(5)
    const [field, wireType] = [Math.floor(tag / 8), tag % 8]
    if (tag >= 2 ** 32 || field === 0) throw new RangeError(`field number ${field} before byte ${at}`)
    if (wireType === 0) {
      varint(10)
      yield { field, wireType }
      continue
    }
    const length = wireType === 2 ? varint(5) : fixed[wireType]
    if (length === undefined) throw new RangeError(`encoding ${wireType} before byte ${at}`)
    if (at + length > message.length) throw new RangeError(`${length} bytes where ${message.length - at} are left`)
    yield { field, wireType, bytes: message.subarray(at, at + length) }
    at += length
  }
}
