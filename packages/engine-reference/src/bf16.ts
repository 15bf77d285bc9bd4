import type { Values } from './ops/operator.js'

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/**
 * The nearest bfloat16 of a float32: the upper half of its bits, the even one of two that are equally near. Beyond the largest it is infinite;
 * NaN stays NaN.
 */
export function toBf16(value: number): number {
  float[0] = value
  if (Number.isNaN(value)) return NaN
  const whole = bits[0]!
  bits[0] = (whole + 0x7fff + ((whole >>> 16) & 1)) & 0xffff0000
  return float[0]
}

/** Values, rounded to float32 and then to bfloat16. */
export function allToBf16(values: Values): Values {
  return values.map(toBf16)
}
