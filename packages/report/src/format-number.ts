/**
 * Short and of one width where possible: three decimals below 10, one below 1000, else and for tiny numbers three digits and a power of ten. Minus is U+2212.
 */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  const text =
    size === 0 || (size >= 0.0005 && size < 9.9995)
      ? value.toFixed(3)
      : size >= 9.9995 && size < 999.95
        ? value.toFixed(1)
        : value.toExponential(2).replace('e+', 'e')
  return text.replaceAll('-', '−')
}
