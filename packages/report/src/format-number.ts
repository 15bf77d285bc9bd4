/**
 * Short and of one width where possible: as many decimals below 10, one from there to 1000, else and for tiny numbers three digits and a power of ten.
 * Minus is U+2212.
 */
export function formatNumber(value: number, decimals = 3): string {
  const size = Math.abs(value)
  const rounding = 0.5 * 10 ** -decimals
  const text =
    size === 0 || (size >= rounding && size < 10 - rounding)
      ? size.toFixed(decimals)
      : size >= 1 && size < 999.95
        ? size.toFixed(1)
        : size.toExponential(2).replace('e+', 'e')
  return `${value < 0 ? '−' : ''}${text.replace('-', '−')}`
}

/** With a fixed number of decimals, and never minus nothing: for numbers under pictures. */
export function formatShort(value: number): string {
  return Math.abs(value) < 0.005 ? '0.00' : formatNumber(value, 2)
}
