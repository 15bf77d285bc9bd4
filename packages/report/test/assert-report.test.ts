import { describe, expect, it } from 'vitest'
import { assertReport, parseReport } from '../src/index.js'
import { madeUpReport } from './made-up.js'

const json = JSON.stringify(madeUpReport())
/** The report with one value replaced, at a path of keys; undefined takes it out. */
function changed(path: string, value: unknown): unknown {
  const report: unknown = JSON.parse(json)
  const keys = path.split('.')
  const last = keys.pop()!
  const owner = keys.reduce((at, key) => at[key] as Record<string, unknown>, report as Record<string, unknown>)
  owner[last] = value
  return JSON.parse(JSON.stringify(report))
}

describe('parseReport', () => {
  it('reads what was written', () => {
    expect(parseReport(json)).toEqual(madeUpReport())
  })

  it('takes fields that it does not know: a later version may write them', () => {
    expect(() => assertReport(changed('run.weather', 'fine'))).not.toThrow()
  })

  it('refuses a truncated file at any length', () => {
    for (let length = 0; length < json.length; length += 997) {
      expect(() => parseReport(json.slice(0, length), 'a/report.json')).toThrow(
        expect.objectContaining({ code: 'AGON_BAD_FILE' })
      )
    }
    expect(() => parseReport(json.slice(0, 500), 'a/report.json')).toThrow(/^a\/report\.json: expected JSON, found /)
  })

  it.each([
    ['null', /expected a report of the format 'agon-report-1', found null without a format/],
    ['[]', /found a list without a format/],
    ['{"format":"agon-report-2"}', /found 'agon-report-2'.*that 'agon check' of this version wrote/],
    ['{"format":"agon-report-1"}', /report\.json: run: expected a value, found nothing/]
  ])('refuses %s', (text, message) => {
    expect(() => parseReport(text)).toThrow(message)
  })
})

describe('assertReport', () => {
  it.each([
    ['run.seed', 'x', /report\.json: run\.seed: expected a number, found 'x'/],
    ['run.seed', undefined, /run\.seed: expected a value, found nothing/],
    ['run.versions.node', 20, /run\.versions\.node: expected text, found 20/],
    ['cells.7.figures.spearman', null, /cells\.7\.figures\.spearman: expected a number, found null/],
    ['cells.7.step', 0, /cells\.7\.step: expected a whole number from 1, found 0/],
    ['cells.7.step', 5, /cells\.7\.step: expected at most 4, found 5/],
    ['cells.7.draw', 3, /cells\.7\.draw: expected below 3, found 3/],
    ['cells.7.draw', 0.5, /cells\.7\.draw: expected a whole number, found 0\.5/],
    ['cells.7.method', 'cgl', /cells\.7\.method: expected one of cgi, .*found 'cgl'/],
    ['cells.7.check', 'x', /cells\.7\.check: expected one of cascading, data-randomization/],
    ['cells', {}, /cells: expected a list, found an object/],
    ['maps.0.input', 'x', /maps\.0\.input: expected one of dog\.png/],
    ['scores.0.metric', 'x', /scores\.0\.metric: expected one of infidelity, insertion/],
    ['verdicts.0.method', 'x', /verdicts\.0\.method/],
    ['verdicts.0.outcome', 'maybe', /verdicts\.0\.outcome: expected one of passes, fails, cannot tell, found 'maybe'/],
    ['methods.1.name', 'cgi', /methods\.1\.name: expected a name that is not taken, found 'cgi' twice/],
    ['maps.0.picture', '../../secret.png', /maps\.0\.picture: expected a path inside the report's folder/],
    ['maps.0.picture', '/etc/passwd', /a path inside/],
    ['maps.0.picture', 'C:\\x.png', /a path inside/],
    ['inputs.0.picture', 'file:///x.png', /a path inside/],
    ['turfs.0.owners.0.color', 'red;x:url(y)', /turfs\.0\.owners\.0\.color: expected a colour as #rrggbb/],
    ['turfs.0.owner', 'AAAA', /turfs\.0\.owner: expected 1536 characters of base64 for 24 x 24 pixels, found 4/],
    ['turfs.0.input', 'x', /turfs\.0\.input/]
  ])('%s = %j', (path, value, message) => {
    const wrong = changed(path, value)
    expect(() => assertReport(wrong)).toThrow(expect.objectContaining({ code: 'AGON_BAD_FILE' }))
    expect(() => assertReport(wrong)).toThrow(message)
  })

  it('refuses numbers that JSON can overflow', () => {
    const overflowing = json.replace(/"logit":[\d.]+/, '"logit":1e999')
    expect(() => parseReport(overflowing)).toThrow(/inputs\.0\.logit: expected a finite number, found Infinity/)
  })
})
