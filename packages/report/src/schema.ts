import * as v from 'valibot'
import type { Report } from './report.js'

const text = v.string('text')
const number = v.pipe(v.number('a number'), v.finite('a finite number'))
const whole = v.pipe(v.number('a whole number'), v.safeInteger('a whole number'), v.minValue(0, 'a whole number'))
const oneOf = <const T extends readonly string[]>(choices: T) => v.picklist(choices, `one of ${choices.join(', ')}`)
const listOf = <T extends v.GenericSchema>(item: T) => v.array(item, 'a list')
const object = <T extends v.ObjectEntries>(entries: T) => v.object(entries, 'an object')
const options = v.optional(v.record(text, v.unknown(), 'an object'))
const outside = /^([/\\]|[a-z]+:)|(^|[/\\])\.\.([/\\]|$)|\0/i
const path = v.pipe(
  text,
  v.check((value) => !outside.test(value), "a path inside the report's folder")
)

const criterion = object({
  step: v.optional(oneOf(['first', 'last'])),
  figure: text,
  absolute: v.optional(v.boolean('true or false')),
  threshold: number,
  passes: oneOf(['below', 'above'])
})

const measure = object({
  name: text,
  cite: text,
  formula: v.optional(text),
  direction: v.optional(oneOf(['higher', 'lower'])),
  same: v.optional(number),
  options
})

const run = object({
  date: text,
  command: v.optional(text),
  versions: v.record(text, text, 'an object'),
  engine: text,
  seed: number,
  options: v.record(text, v.unknown(), 'an object'),
  seconds: number,
  unfinished: listOf(text)
})

const model = object({ name: text, graph: v.optional(text), sha256: text, labels: whole, preprocess: v.optional(text) })

const input = object({
  name: text,
  sha256: text,
  picture: v.optional(path),
  target: whole,
  targetName: v.optional(text),
  logit: number,
  probability: number
})

const method = object({
  name: text,
  role: oneOf(['method', 'control']),
  competitive: v.boolean('true or false'),
  cite: v.optional(text),
  options,
  thinned: v.optional(text)
})

const check = object({
  name: text,
  cite: text,
  options,
  steps: listOf(object({ name: text, layers: listOf(text) })),
  draws: whole,
  criterion,
  figures: v.optional(listOf(measure)),
  notes: v.optional(listOf(text))
})

const baseMap = object({ method: text, input: text, picture: path, kept: number, notes: listOf(text) })

const cell = object({
  check: text,
  method: text,
  input: text,
  step: v.pipe(whole, v.minValue(1, 'a whole number from 1')),
  draw: whole,
  figures: v.record(text, number, 'an object'),
  picture: v.optional(path),
  kept: number,
  target: whole
})

const score = object({
  metric: text,
  method: text,
  input: text,
  value: number,
  samples: whole,
  spread: v.optional(number)
})

const verdict = object({
  check: text,
  method: text,
  criterion,
  value: number,
  spread: number,
  samples: whole,
  outcome: oneOf(['passes', 'fails', 'cannot tell']),
  because: text,
  controls: listOf(object({ method: text, value: number, spread: number })),
  faithfulness: v.optional(object({ metric: text, value: number, spread: number, random: v.optional(number) }))
})

const color = v.pipe(text, v.regex(/^#[0-9a-f]{6}$/i, 'a colour as #rrggbb'))

const turf = object({
  input: text,
  base: text,
  picture: path,
  width: whole,
  height: whole,
  owners: listOf(object({ label: whole, name: v.optional(text), share: number, color })),
  owner: text,
  value: text,
  margin: text,
  ranked: whole,
  ranking: text,
  names: v.optional(v.record(text, text, 'an object'))
})

/** Every message is what was expected there. */
export const reportSchema = object({
  format: v.literal('agon-report-1', "'agon-report-1'"),
  run,
  model,
  inputs: listOf(input),
  methods: listOf(method),
  similarities: listOf(measure),
  checks: listOf(check),
  metrics: listOf(measure),
  maps: listOf(baseMap),
  cells: listOf(cell),
  scores: listOf(score),
  verdicts: listOf(verdict),
  turfs: listOf(turf)
}) satisfies v.GenericSchema<unknown, Report>
