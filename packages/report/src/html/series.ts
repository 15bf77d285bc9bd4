import type { Report } from '../report.js'

/** How a method is drawn: colour, dashes and sign together, so that none of them is needed alone. */
export interface Series {
  readonly method: string
  readonly color: string
  /** SVG's stroke-dasharray; none: a continuous line. */
  readonly dashes?: string
  readonly symbol: (typeof symbols)[number]
  /** Whether the sign is filled: those of methods are, those of controls are not. */
  readonly filled: boolean
}

const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye', 'times'] as const
const colors = 8
const dashes = ['1 4', '7 4', '7 3 1 3', '3 3', '12 4']

/** Methods have continuous lines in colours; a thinned method its method's colour, dashed; other controls the soft ink and dashes of their own. */
export function seriesOf({ methods }: Report): ReadonlyMap<string, Series> {
  const asked = methods.filter(({ role }) => role === 'method')
  const series = new Map<string, Series>()
  asked.forEach(({ name, thinned }, k) => {
    const color = `var(--series-${k % colors})`
    const symbol = symbols[k % symbols.length]!
    series.set(name, { method: name, color, symbol, filled: true })
    if (thinned !== undefined) series.set(thinned, { method: thinned, color, symbol, filled: false, dashes: '5 3' })
  })
  methods
    .filter(({ name }) => !series.has(name))
    .forEach(({ name }, k) => {
      const symbol = symbols[(k + asked.length) % symbols.length]!
      series.set(name, {
        method: name,
        color: 'var(--soft)',
        symbol,
        filled: false,
        dashes: dashes[k % dashes.length]!
      })
    })
  return series
}
