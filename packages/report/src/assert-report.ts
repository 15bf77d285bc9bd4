import { AgonError, knownNames } from '@agon/core'
import * as v from 'valibot'
import type { Report, TurfFacts } from './report.js'
import { reportSchema } from './schema.js'

const remedy = 'The file is damaged or was edited; run the check again into a new folder, or resume it in its own.'

/** Reads the text of a report.json; `name` is what errors call it. Throws AGON_BAD_FILE, see assertReport. */
export function parseReport(json: string, name = 'report.json'): Report {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new AgonError('AGON_BAD_FILE', { what: name, expected: 'JSON', found, remedy, cause })
  }
  assertReport(value, name)
  return value
}

/**
 * Throws AGON_BAD_FILE, naming the place, unless the value is a whole report of this version: every field of its kind, names unique and those that
 * cells, scores, maps, verdicts and turfs use known, steps and draws within their check, pictures inside the folder, turfs as long as they are large.
 */
export function assertReport(value: unknown, name = 'report.json'): asserts value is Report {
  assertVersion(value, name)
  const { success, issues } = v.safeParse(reportSchema, value, { abortEarly: true })
  if (!success) {
    const [{ message, input, type }] = issues
    const at = v.getDotPath(issues[0])
    const expected = input === undefined && type === 'object' ? 'a value' : message
    throw bad(at ? `${name}: ${at}` : name, expected, shown(input))
  }
  const report = value as Report
  assertNames(report, name)
  report.turfs.forEach((turf, k) => assertTurf(turf, `${name}: turfs.${k}`))
}

function assertVersion(value: unknown, name: string): void {
  const format: unknown = value && typeof value === 'object' && 'format' in value ? value.format : undefined
  if (format === 'agon-report-1') return
  throw new AgonError('AGON_BAD_FILE', {
    what: name,
    expected: "a report of the format 'agon-report-1'",
    found: format === undefined ? `${shown(value)} without a format` : shown(format),
    remedy: "Give the report.json that 'agon check' of this version wrote."
  })
}

function assertNames(report: Report, file: string): void {
  const inputs = namesOf('inputs', report, file)
  const methods = namesOf('methods', report, file)
  const checks = namesOf('checks', report, file)
  const metrics = namesOf('metrics', report, file)
  const known = (what: string, name: string, names: readonly string[]): void => {
    if (names.includes(name)) return
    throw new AgonError('AGON_BAD_FILE', { what: `${file}: ${what}`, ...knownNames(name, names), remedy })
  }
  report.maps.forEach((map, k) => {
    known(`maps.${k}.method`, map.method, methods)
    known(`maps.${k}.input`, map.input, inputs)
  })
  report.cells.forEach((cell, k) => {
    known(`cells.${k}.check`, cell.check, checks)
    known(`cells.${k}.method`, cell.method, methods)
    known(`cells.${k}.input`, cell.input, inputs)
    const { steps, draws } = report.checks[checks.indexOf(cell.check)]!
    if (cell.step > steps.length) throw bad(`${file}: cells.${k}.step`, `at most ${steps.length}`, `${cell.step}`)
    if (cell.draw >= draws) throw bad(`${file}: cells.${k}.draw`, `below ${draws}`, `${cell.draw}`)
  })
  report.scores.forEach((score, k) => {
    known(`scores.${k}.metric`, score.metric, metrics)
    known(`scores.${k}.method`, score.method, methods)
    known(`scores.${k}.input`, score.input, inputs)
  })
  report.verdicts.forEach((verdict, k) => {
    known(`verdicts.${k}.check`, verdict.check, checks)
    known(`verdicts.${k}.method`, verdict.method, methods)
  })
  report.turfs.forEach((turf, k) => known(`turfs.${k}.input`, turf.input, inputs))
}

function namesOf(list: 'inputs' | 'methods' | 'checks' | 'metrics', report: Report, file: string): string[] {
  const names = report[list].map(({ name }) => name)
  const twice = names.findIndex((name, k) => names.indexOf(name) < k)
  if (twice < 0) return names
  throw bad(`${file}: ${list}.${twice}.name`, 'a name that is not taken', `'${names[twice]}' twice`)
}

/** The base64 texts hold exactly a number for each pixel. */
function assertTurf({ width, height, ranked, ...turf }: TurfFacts, what: string): void {
  const bytes = { owner: 2, value: 4, margin: 4, ranking: 2 * ranked }
  for (const part of ['owner', 'value', 'margin', 'ranking'] as const) {
    const length = 4 * Math.ceil((width * height * bytes[part]) / 3)
    if (turf[part].length === length && /^[A-Za-z0-9+/]*={0,2}$/.test(turf[part])) continue
    const expected = `${length} characters of base64 for ${width} x ${height} pixels`
    throw bad(`${what}.${part}`, expected, `${turf[part].length}`)
  }
}

function bad(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_FILE', { what, expected, found, remedy })
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}...'` : `'${value}'`
  return Array.isArray(value) ? 'a list' : 'an object'
}
