/** One field of a protobuf message that holds bytes: a text, a nested message, a packed list. */
export interface BytesField {
  readonly field: number
  readonly bytes: Uint8Array
}

/**
 * The fields of a message that hold bytes, as views, in order. For what the decoder's schema does not know. Stops at the first
 * byte that is no field; the decoder has refused such files before.
 */
export function* bytesFields(message: Uint8Array): Generator<BytesField> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!
      value += (byte & 127) * scale
      if (byte < 128) break
    }
    return value
  }
  while (at < message.length) {
    const tag = varint()
    const wireType = tag % 8
    if (wireType === 0) varint()
    else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else if (wireType === 2) {
      const length = varint()
      if (at + length > message.length) return
      yield { field: Math.floor(tag / 8), bytes: message.subarray(at, at + length) }
      at += length
    } else return
  }
}
