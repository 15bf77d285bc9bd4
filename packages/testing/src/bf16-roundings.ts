/** What there is to round, the bits of a float32 number, and those of the nearest bfloat16 (the even one of two), written by hand. */
export const bf16Roundings: readonly (readonly [string, number, number])[] = [
  ['0', 0x00000000, 0x00000000],
  ['-0', 0x80000000, 0x80000000],
  ['1', 0x3f800000, 0x3f800000],
  ['below half a step: down', 0x3f807fff, 0x3f800000],
  ['a tie above an even one: down', 0x3f808000, 0x3f800000],
  ['above half a step: up', 0x3f808001, 0x3f810000],
  ['a tie above an odd one: up', 0x3f818000, 0x3f820000],
  ['a negative tie above an odd one: away from 0', 0xbf818000, 0xbf820000],
  ['a carry into the exponent', 0x3fff8000, 0x40000000],
  ['the smallest subnormal: to 0', 0x00000001, 0x00000000],
  ['a subnormal tie above an even one: to 0', 0x00008000, 0x00000000],
  ['a subnormal that stays one', 0x00018001, 0x00020000],
  ['the largest subnormal: to the smallest normal', 0x007fffff, 0x00800000],
  ['the largest bfloat16', 0x7f7f0000, 0x7f7f0000],
  ['beyond it, below half a step', 0x7f7f7fff, 0x7f7f0000],
  ['half a step beyond: infinity', 0x7f7f8000, 0x7f800000],
  ['the largest float: infinity', 0x7f7fffff, 0x7f800000],
  ['infinity', 0x7f800000, 0x7f800000],
  ['-infinity', 0xff800000, 0xff800000]
]
