import { basename } from 'node:path'
import { subsetText } from './competed.js'
import { braced, shortName, standingText } from './explain-text.js'
import { precisionText } from './precision.js'
import { figure, percent, table } from './table.js'
import type { TerritoryRecord, TurfOutput } from './turf-files.js'

/** Labels that are listed; the rest is summed up. */
const mostListed = 10

/** The table of one input for people: who owns how much, by what margin. */
export function turfText({ input, record }: TurfOutput): string {
  const parts = record.examples.map(({ top, territories, unowned }, n) => {
    const which = record.examples.length === 1 ? '' : ` [${n}]`
    const listed = territories
      .slice(0, mostListed)
      .map((territory) => [
        shortName(territory),
        percent(territory.share),
        figure(territory.meanMargin),
        figure(territory.logit)
      ])
    const rest = territories.slice(mostListed)
    const others =
      rest.length === 0
        ? []
        : [[`${rest.length} other labels`, percent(rest.reduce((sum, { share }) => sum + share, 0)), '', '']]
    const rows = [['label', 'owns', 'mean margin', 'logit'], ...listed, ...others, ['nobody', percent(unowned), '', '']]
    const first = `${basename(input.path)}${which}: ${standingText({ target: top[0]!, top })}\n`
    return `${first}${table(rows, '  ')}${scatteredText(territories)}`
  })
  return `${parts.join('')}${subsetText(record.competed)}${precisionText(record.precision, 'contest')}  ${record.files.length === 0 ? 'no files written' : braced(record.files)}\n`
}

/** A contest of many labels may be scattered over all of them; then it helps to let only the strongest compete. */
function scatteredText(territories: readonly TerritoryRecord[]): string {
  const owned = territories.reduce((sum, { share }) => sum + share, 0)
  const listed = territories.slice(0, mostListed).reduce((sum, { share }) => sum + share, 0)
  if (listed > owned / 2) return ''
  return `  scattered: ${territories.length} labels own pixels; --labels top:8 lets only the strongest compete\n`
}
