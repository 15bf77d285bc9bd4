import {
  AgonError,
  assertLogits,
  competitiveDefaults,
  probabilityHead,
  type Check,
  type Method,
  type Metric,
  type Model,
  type Similarity
} from '@agon/core'
import type { MatrixCheck, MatrixInput, MatrixMethod, NamedFigure } from '@agon/check-runner'
import { controls, defaultFigures, parseFigure, withThinning } from '@agon/sanity-checks'
import type { Agon } from '../create-agon.js'

/** A method and whether labels compete in it. */
export interface CheckedMethod {
  readonly name: string
  readonly competitive: boolean
  readonly made: Method
}

/** Methods by name or as values; one made by `competitive` is known by its options. Throws AGON_UNKNOWN_NAME. */
export function chooseMethods(agon: Agon, wanted: readonly (string | Method | CheckedMethod)[]): CheckedMethod[] {
  return wanted.map((each) => {
    if (typeof each !== 'string') {
      return 'made' in each ? each : { name: each.name, competitive: competes(each), made: each }
    }
    const { name, competitive, create } = agon.method(each)
    return { name, competitive, made: create() }
  })
}

function competes({ options = {} }: Method): boolean {
  return Object.keys(competitiveDefaults).every((name) => Object.hasOwn(options, name))
}

/**
 * The methods and, after them, their controls: a random map, the input, for pictures its edges, and for every method in which labels compete its base thinned at
 * random to the same share. Throws AGON_SOFTMAX where labels would compete in probabilities.
 */
export function withControls(
  model: Model,
  chosen: readonly CheckedMethod[],
  inputs: readonly MatrixInput[]
): MatrixMethod[] {
  if (chosen.some(({ competitive }) => competitive)) assertLogits(model)
  const pairs = chosen.map(({ name, competitive, made }) => {
    if (!competitive) return { own: { name, role: 'method' as const, competitive, method: made } }
    const { competitive: own, thinned } = withThinning(made)
    const control = `thinned-${name}`
    return {
      own: { name, role: 'method' as const, competitive, method: own, thinned: control },
      thinned: { name: control, role: 'control' as const, competitive: false, method: thinned }
    }
  })
  const arePictures = inputs.every(({ input }) => input.shape.length === 4)
  const always = [...controls].filter(({ name }) => name !== 'edge-detector' || arePictures)
  return [
    ...pairs.map(({ own }) => own),
    ...always.map(({ name, create }) => ({ name, role: 'control' as const, competitive: false, method: create() })),
    ...pairs.flatMap(({ thinned }) => thinned ?? [])
  ]
}

/** A check or a metric by its name, with options of its own. */
export interface WithOptions {
  readonly name: string
  readonly options: object
}

/** Checks by name or as values, with those of these options that each of them knows. Throws AGON_UNKNOWN_NAME, AGON_BAD_OPTION, AGON_BAD_MODEL. */
export function chooseChecks(
  agon: Agon,
  model: Model,
  wanted: readonly (string | WithOptions | Check)[],
  options: Readonly<Record<string, unknown>>
): MatrixCheck[] {
  const made = wanted.map((each) => {
    if (typeof each === 'string') return makeCheck(agon, each, options)
    return 'trial' in each ? each : makeCheck(agon, each.name, options, each.options)
  })
  return made.map((check) => ({ check, steps: check.steps(model) }))
}

function makeCheck(agon: Agon, name: string, shared: Readonly<Record<string, unknown>>, own: object = {}): Check {
  const { create } = agon.checks.get(name)
  if (name === 'data-randomization') return create({ ...own, model: shared.model })
  const known = Object.keys(create().options ?? {})
  const given = Object.entries(shared).filter(([key, value]) => known.includes(key) && value !== undefined)
  return create({ ...Object.fromEntries(given), ...own })
}

/** Metrics by name or as values. Throws AGON_UNKNOWN_NAME. */
export function chooseMetrics(agon: Agon, wanted: readonly (string | WithOptions | Metric)[]): Metric[] {
  return wanted.map((each) => {
    if (typeof each === 'string') return agon.metrics.get(each).create()
    return 'measure' in each ? each : agon.metrics.get(each.name).create(each.options)
  })
}

/**
 * Figures such as `spearman(abs)`, by default those that suit the smallest input; and those that checks are judged by, which a run cannot go without. Throws
 * AGON_UNKNOWN_NAME, AGON_BAD_OPTION.
 */
export function chooseFigures(
  agon: Agon,
  wanted: readonly string[] | undefined,
  checks: readonly MatrixCheck[],
  inputs: readonly MatrixInput[]
): NamedFigure[] {
  const shapes = inputs.map(({ input }) =>
    input.shape.length === 4 ? [1, ...input.shape.slice(2)] : input.shape.slice(1)
  )
  const suiting = shapes.map(defaultFigures).reduce((common, some) => common.filter((name) => some.includes(name)))
  const judged = checks.flatMap(({ check }) => (check.figures ? [] : check.criterion.figure))
  const figures = [...(wanted ?? suiting), ...judged].map((text) => named(parseFigure(text, agon.similarities)))
  return figures.filter(({ name }, i) => figures.findIndex((other) => other.name === name) === i)
}

function named(similarity: Similarity): NamedFigure {
  const { name, cite, formula, direction, range } = similarity
  return {
    name,
    cite,
    direction,
    ...(formula !== undefined && { formula }),
    same: direction === 'higher' ? range[1] : range[0],
    compare: (a, b, shape) => similarity.compare(a, b, shape)
  }
}

/** The method over whose maps the labels compete for the turf, if the model ends in logits. */
export function turfBase(agon: Agon, model: Model): Method | undefined {
  return probabilityHead(model) === undefined ? agon.method('gradient-times-input').create() : undefined
}

/** Throws AGON_BAD_INPUT for a second model that does not take the inputs of the first or has other labels. */
export function assertSameKind(model: Model, other: Model): void {
  const facts = ({ inputs, outputs }: Model): string =>
    JSON.stringify([inputs.map(({ shape }) => shape.slice(1)), outputs[0]?.shape.slice(1)])
  if (facts(model) === facts(other)) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: `model '${other.name}' trained on permuted labels`,
    expected: `inputs and labels as those of '${model.name}', ${facts(model)}`,
    found: facts(other)
  })
}
