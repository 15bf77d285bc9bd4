import type { Metric, MetricContext, Score, Similarity } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMetric, testSimilarity, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { failures } from './collect.js'
import { cosine, drop, euclidean } from './subjects.js'

const engine = createReferenceEngine()
const naive: Similarity['compare'] = (a, b) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0) / Math.hypot(...a) / Math.hypot(...b)

const similarities: readonly (readonly [what: string, similarity: Similarity, fails: RegExp])[] = [
  ['no source', { ...cosine, cite: '' }, /^has a name, a source, a direction and a range$/],
  ['a range upside down', { ...cosine, range: [1, -1] }, /^has a name, a source, a direction and a range$/],
  ['the wrong direction', { ...cosine, direction: 'lower' }, /a map and itself have the best value/],
  [
    'a distance that calls itself a likeness',
    { ...euclidean, direction: 'higher', range: [0, 1e9] },
    /a map and itself have the best value/
  ],
  ['values beyond the range', { ...euclidean, range: [0, 10] }, /values are in the range/],
  ['a range that leaves negative values out', { ...cosine, range: [0, 1] }, /values are in the range/],
  ['NaN of constant maps', { ...cosine, compare: naive }, /constant maps have a value in the range/],
  [
    'a claim of symmetry',
    { ...euclidean, compare: (a, b) => Math.hypot(...a.map((value, i) => value - b[i]!)) * Math.hypot(...a) },
    /it is symmetric/
  ],
  ['the same for all', { ...cosine, compare: () => 1 }, /altered a little is more alike/],
  [
    'chance',
    { ...euclidean, compare: (a, b, shape) => euclidean.compare(a, b, shape) * (1 + Math.random()) },
    /the same maps have the same value/
  ],
  [
    'a hand in the maps',
    { ...cosine, compare: (a, b, shape) => cosine.compare(a.sort(), b, shape) },
    /are not written to/
  ]
]

/** `drop`, its scores changed. */
const changed = (change: (scores: readonly Score[], context: MetricContext) => readonly Score[]): Metric => ({
  ...drop,
  measure: async (context) => change(await drop.measure(context), context)
})
const times = (scores: readonly Score[], by: number) => scores.map((score) => ({ ...score, value: score.value * by }))

const metrics: readonly (readonly [what: string, metric: Metric, fails: RegExp])[] = [
  ['no direction', { ...drop, direction: 'up' as 'higher' }, /^has a name, a source, a direction and a range$/],
  ['one score for the batch', changed((scores) => scores.slice(0, 1)), /every example has a score/],
  ['NaN', changed((scores) => times(scores, NaN)), /every example has a score/],
  ['scores beyond the range', { ...drop, range: [0, 1e-9] }, /every example has a score in the range/],
  ['no sample count', changed((scores) => scores.map(({ value }) => ({ value }) as Score)), /its sample count/],
  [
    'a negative spread',
    changed((scores) => scores.map((score) => ({ ...score, spread: -1 }))),
    /every example has a score/
  ],
  ['chance without the seed', changed((scores) => times(scores, Math.random())), /the same seed gives the same scores/],
  [
    'a hand in the input',
    changed((scores, { input }) => ((input.data[0]! += 1), scores)),
    /the input is not written to/
  ],
  [
    'an eye on the rest of the batch',
    changed((scores) => times(scores, scores.length)),
    /does not depend on the rest of the batch/
  ],
  [
    'an eye on the byte budget',
    changed((scores, { memory = 1 }) => times(scores, memory)),
    /do not depend on the byte budget/
  ],
  [
    'deaf ears to an abort',
    { ...drop, measure: (context) => drop.measure({ ...context, signal: new AbortController().signal }) },
    /stops when it is aborted/
  ],
  [
    'the same for all methods',
    changed((_, { targets }) => targets.map(() => ({ value: 1, samples: 1 }))),
    /tells methods apart/
  ]
]

describe('testSimilarity', () => {
  it.each(similarities)('finds %s', async (_, similarity, fails) => {
    const failed = await failures((runner) => testSimilarity(similarity, { runner, shapes: [[1, 6, 7]] }), fails)
    expect(failed.size).toBeGreaterThan(0)
  })
})

describe('testMetric', () => {
  it.each(metrics)('finds %s', async (_, metric, fails) => {
    const failed = await failures((runner) => testMetric(metric, { runner, engine, models: [tinyMlp()] }), fails)
    expect(failed.size).toBeGreaterThan(0)
  })
})
