/** A Markdown table; every row has a cell for every heading. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(headings), `|${headings.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Three digits, without an exponent; what was not measured is `-`. */
export function digits(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value === 0) return '0'
  const decimals = Math.max(0, Math.min(20, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return decimals === 0 ? String(Number(value.toPrecision(3))) : value.toFixed(decimals)
}

/** `4.12x` */
export function times(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${digits(ratio)}x`
}
