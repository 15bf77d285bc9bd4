// The tables of docs/results from the report.json of a run of `agon check`: node scripts/results.mjs DIR/report.json [--figure NAME]...
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values: options, positionals } = parseArgs({
  options: { figure: { type: 'string', multiple: true } },
  allowPositionals: true
})
const [path] = positionals
if (path === undefined) {
  console.error('usage: node scripts/results.mjs DIR/report.json [--figure NAME]...')
  process.exit(2)
}
const report = JSON.parse(readFileSync(path, 'utf8'))
const methods = report.methods.map(({ name }) => name)

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** Mean and standard deviation over inputs and draws. */
function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  return { mean, spread: Math.sqrt(variance), count: values.length }
}

function shown(values, digits = 2) {
  if (values.length === 0) return ''
  const { mean, spread, count } = moments(values)
  const text = (value) => (digits < 0 ? value.toPrecision(3) : value.toFixed(digits).replace(/^-(0\.0+)$/, '$1'))
  return count === 1 ? text(mean) : `${text(mean)} ± ${text(spread)}`
}

/** Digits behind the point that show three of the largest size; -1: powers of ten. */
function digitsOf(values) {
  const size = Math.max(...values.map(Math.abs), 1e-9)
  return size >= 1e4 ? -1 : Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(size))))
}

const verdictRows = report.verdicts.map(({ check, method, criterion, value, spread, samples, outcome }) => [
  check,
  method,
  `${criterion.absolute ? 'size of ' : ''}${criterion.figure}`,
  `${value.toFixed(2).replace(/^-0\.00$/, '0.00')} ± ${spread.toFixed(2)} (${samples})`,
  `${criterion.passes} ${criterion.threshold}`,
  outcome
])
console.log(`${table(['check', 'method', 'figure', 'found (samples)', 'asked for', 'verdict'], verdictRows)}\n`)

for (const { name, steps } of report.checks) {
  const cells = report.cells.filter(({ check }) => check === name)
  const figures = [...new Set(cells.flatMap(({ figures }) => Object.keys(figures)))]
  for (const figure of figures.filter((name) => options.figure?.includes(name) ?? true)) {
    const rows = methods
      .map((method) => [
        method,
        ...steps.map((_, s) =>
          shown(
            cells
              .filter((cell) => cell.method === method && cell.step === s + 1 && figure in cell.figures)
              .map((cell) => cell.figures[figure])
          )
        )
      ])
      .filter((row) => row.slice(1).some((value) => value !== ''))
    console.log(`**${name}**, ${figure}\n\n${table(['method', ...steps.map((step) => step.name)], rows)}\n`)
  }
}

if (report.scores.length > 0) {
  const valuesOf = (metric, method) =>
    report.scores.filter((score) => score.metric === metric && score.method === method).map(({ value }) => value)
  const metrics = [...new Set(report.scores.map(({ metric }) => metric))]
  const digits = metrics.map((metric) => digitsOf(methods.flatMap((method) => valuesOf(metric, method))))
  const rows = methods.map((method) => [
    method,
    ...metrics.map((metric, m) => shown(valuesOf(metric, method), digits[m]))
  ])
  console.log(table(['method', ...metrics], rows))
}
