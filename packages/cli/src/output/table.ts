/** Rows as lines of aligned columns, two spaces between them; columns whose cells are all numbers are aligned right. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  const numeric = widths.map((_, c) => rows.slice(1).every((row) => isFigure(row[c] ?? '')))
  const line = (row: readonly string[]) =>
    row.map((cell, c) => (numeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join('  ')
  return rows.map((row) => `${indent}${line(row)}`.trimEnd() + '\n').join('')
}

function isFigure(cell: string): boolean {
  return /^[-+]?[\d.]*(e[-+]?\d+)?( ?%| s)?$/.test(cell)
}

/** `12.4 %` of a share in 0 .. 1. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`
}

/** A figure with four significant digits. */
export function figure(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}
