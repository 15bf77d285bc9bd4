import {
  createRandom,
  example as exampleOf,
  type Contest,
  type PerExample,
  type Session,
  type Tensor
} from '@agon/core'
import { expect } from 'vitest'
import { randomTensor, range, sameBits } from './helpers.js'
import { shuffledLabels, type Trial } from './random-graphs.js'
import { foldOf } from './random-graphs-contest.js'

interface Results {
  readonly logits: Tensor
  readonly gradients: Tensor
  readonly contest: Contest
}

const parts = ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const

/** Three examples, each with all labels in an order of its own. */
interface Batch {
  readonly input: Tensor
  readonly labels: PerExample
  readonly maps: PerExample
}

function batchOf(trial: Trial): Batch {
  const input = randomTensor([3, ...trial.model.inputs[0]!.shape.slice(1).map(Number)], trial.seed)
  const labels = shuffledLabels(trial, 3)
  return { input, labels, maps: labels.map((ofExample) => ofExample.slice(0, 2)) }
}

async function resultsOf(session: Session, { options }: Trial, batch: Batch, memory?: number): Promise<Results> {
  const { input, labels, maps } = batch
  const budget = memory === undefined ? {} : { memory }
  return {
    logits: await session.forward(input),
    gradients: await session.vjp(input, { labels, scale: options.scale ?? 'one' }, budget),
    contest: await session.contest(input, labels, { ...options, ...budget, maps })
  }
}

function expectSame(what: string, found: Results, expected: Results): void {
  expect(sameBits(found.logits.data, expected.logits.data), `logits: ${what}`).toBe(true)
  expect(sameBits(found.gradients.data, expected.gradients.data), `gradients: ${what}`).toBe(true)
  for (const part of parts) expect(sameBits(found.contest[part], expected.contest[part]), `${part}: ${what}`).toBe(true)
  expect(sameBits(found.contest.maps.data, expected.contest.maps.data), `maps: ${what}`).toBe(true)
}

/** The same bits for sessions of several thread counts, for memory budgets, for each example alone, for some labels only, and from core's fold. */
export async function checkBits(sessions: readonly Session[], trial: Trial): Promise<void> {
  const batch = batchOf(trial)
  const [session] = sessions as readonly [Session, ...Session[]]
  const expected = await resultsOf(session, trial, batch)
  for (const other of sessions.slice(1)) expectSame('threads', await resultsOf(other, trial, batch), expected)
  const least = await leastMemory(sessions.at(-1)!, trial, batch)
  for (const times of [1, 1.9, 5]) {
    const memory = Math.ceil(least * times)
    expectSame(`${times} times the least memory`, await resultsOf(sessions.at(-1)!, trial, batch, memory), expected)
  }
  for (const n of range(3)) await checkAlone(session, trial, batch, n, expected)
  await checkSomeLabels(session, trial, batch, expected)
  await checkFold(session, trial)
}

/** The least budget that every pass runs with. A refusal names what its example needs; another example may need more. */
async function leastMemory(session: Session, trial: Trial, batch: Batch, tried = 1): Promise<number> {
  const refusal = await resultsOf(session, trial, batch, tried).then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  if (refusal === undefined) return tried
  expect(refusal).toMatchObject({ code: 'AGON_OUT_OF_BUDGET' })
  const needed = Number(/at least (\d+) bytes/.exec((refusal as Error).message)![1])
  expect(needed).toBeGreaterThan(tried)
  return leastMemory(session, trial, batch, needed)
}

async function checkAlone(session: Session, trial: Trial, batch: Batch, n: number, expected: Results): Promise<void> {
  // A baseline of one example serves every example, alone or not.
  const alone = { input: exampleOf(batch.input, n), labels: [batch.labels[n]!], maps: [batch.maps[n]!] }
  const found = await resultsOf(session, trial, alone)
  const size = found.contest.best.length
  const contest = Object.fromEntries(
    parts.map((part) => [part, expected.contest[part].subarray(n * size, (n + 1) * size)])
  )
  expectSame(`example ${n} alone`, found, {
    logits: exampleOf(expected.logits, n),
    gradients: ofExample(expected.gradients, n),
    contest: { ...expected.contest, ...contest, maps: ofExample(expected.contest.maps, n) }
  })
}

/** Example n of `[L, N, ...]`, as `[L, 1, ...]`. */
function ofExample({ shape, data }: Tensor, n: number): Tensor {
  const [labels, examples, ...rest] = shape as [number, number, ...number[]]
  const size = data.length / labels / examples
  const own = new Float32Array(labels * size)
  for (const l of range(labels))
    own.set(data.subarray((l * examples + n) * size, (l * examples + n + 1) * size), l * size)
  return { shape: [labels, 1, ...rest], data: own }
}

/** Some labels of each example, as one-hot seeds and as dense cotangents: those rows of all labels. */
async function checkSomeLabels(session: Session, trial: Trial, batch: Batch, expected: Results): Promise<void> {
  const { input, labels } = batch
  const scale = trial.options.scale ?? 'one'
  for (const count of [1, Math.min(3, trial.labels), Math.ceil(trial.labels / 2)]) {
    const places = createRandom(trial.seed).fork('some', count).permutation(trial.labels).slice(0, count)
    const some = labels.map((ofExample) => places.map((place) => ofExample[place]!))
    const found = await session.vjp(input, { labels: some, scale })
    const dense = scale === 'one' ? await session.vjp(input, oneHot(some, trial.labels)) : found
    places.forEach((place, l) => {
      const row = exampleOf(expected.gradients, place).data
      expect(sameBits(exampleOf(found, l).data, row), `label ${l} of ${count} labels`).toBe(true)
      expect(sameBits(exampleOf(dense, l).data, row), `one-hot cotangent ${l} of ${count}`).toBe(true)
    })
  }
}

/** Dense cotangents `[L, N, K]` of labels `[N][L]`. */
function oneHot(labels: PerExample, K: number): Tensor {
  const [N, L] = [labels.length, labels[0]!.length]
  const data = new Float32Array(L * N * K)
  labels.forEach((ofExample, n) => ofExample.forEach((label, l) => (data[(l * N + n) * K + label] = 1)))
  return { shape: [L, N, K], data }
}

/** The contest is core's fold over the gradients of one pass. */
async function checkFold(session: Session, trial: Trial): Promise<void> {
  const given = { ...trial, example: exampleOf(batchOf(trial).input, 0) }
  const labels = [range(trial.labels)]
  const gradients = await session.vjp(given.example, { labels, scale: trial.options.scale ?? 'one' })
  const [found, expected] = [await session.contest(given.example, labels, trial.options), foldOf(gradients, given)]
  for (const part of parts) expect(sameBits(found[part], expected[part]), `${part}: core's fold`).toBe(true)
}
