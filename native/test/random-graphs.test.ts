import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from '@agon/core'
import { relativeError } from '@agon/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { runChild } from './child.js'
import { cpuEngine, instructionSets, range } from './helpers.js'
import { replayable, trialOf, type Trial } from './random-graphs.js'
import { checkBits } from './random-graphs-bits.js'
import { checkReference, compareMaps, tolerance, type Tally } from './random-graphs-reference.js'

// More graphs, or others: AGON_RANDOM_GRAPHS=1000 AGON_RANDOM_FIRST=60 npx vitest run native/test/random-graphs.test.ts
const count = Number(process.env.AGON_RANDOM_GRAPHS ?? 60)
const first = Number(process.env.AGON_RANDOM_FIRST ?? 0)
const seeds = range(count).map((i) => first + i)
const engines = [1, 2, 3].map((threads) => cpuEngine(threads))
const tally: Tally = { forward: 0, vjp: 0, decisions: 0, differing: 0, cancelling: 0, skipped: 0 }
const trials = new Map<number, Promise<Trial>>()

function trialFor(seed: number): Promise<Trial> {
  if (!trials.has(seed)) trials.set(seed, trialOf(seed))
  return trials.get(seed)!
}

describe('random graphs', () => {
  it.each(seeds)('seed %d: equals the reference engine, and the same bits however it is run', async (seed) => {
    const trial = await trialFor(seed)
    await replayable(trial, async () => {
      const sessions = await Promise.all(engines.map((engine) => engine.load(trial.model)))
      await checkReference(sessions[1]!, trial, tally)
      await checkBits(sessions, trial)
      sessions.forEach((session) => session.dispose())
    })
  })

  it('few decisions differ, few gradients cancel, and few graphs have only inputs near kinks', () => {
    process.stdout.write(`random graphs: ${JSON.stringify(tally)}\n`)
    expect(tally.differing).toBeLessThanOrEqual(tally.decisions / 300)
    expect(tally.cancelling).toBeLessThanOrEqual(Math.ceil(count / 10))
    expect(tally.skipped).toBeLessThanOrEqual(Math.ceil(count / 10))
  })
})

const best = instructionSets.indexOf(engines[0]!.instructionSet)

describe('random graphs on the instruction sets that this machine has', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agon-random-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(instructionSets.slice(0, best + 1))('%s: equal within rounding', async (set) => {
    const usable = (await Promise.all(seeds.map(trialFor))).filter(({ example }) => example !== undefined)
    const [from, to] = [join(folder, `${set}.json`), join(folder, `${set}.bin`)]
    const given = usable.map(({ seed, example }) => ({ seed, shape: example!.shape, data: [...example!.data] }))
    writeFileSync(from, JSON.stringify(given))
    const { stdout, stderr } = await runChild('children/random-graphs', [from, to], { AGON_ISA: set })
    expect({ stdout, stderr }).toEqual({ stdout: set, stderr: '' })
    const found = new Float32Array(new Uint8Array(readFileSync(to)).buffer)
    let at = 0
    for (const trial of usable) {
      const [logits, gradients] = await resultsOf(trial)
      const next = ({ shape, data }: Tensor): Tensor => ({ shape, data: found.slice(at, (at += data.length)) })
      const [ownLogits, ownGradients] = [next(logits), next(gradients)]
      await replayable(trial, async () => {
        expect(relativeError(ownLogits.data, logits.data), 'logits').toBeLessThan(tolerance)
        await compareMaps(trial, ownGradients, gradients)
      })
    }
    expect(at).toBe(found.length)
  })
})

/** Logits and the gradients of all labels with the instruction set of this process. */
async function resultsOf({ model, example, labels }: Trial): Promise<[Tensor, Tensor]> {
  const session = await engines[0]!.load(model)
  const logits = await session.forward(example!)
  const gradients = await session.vjp(example!, { labels: [range(labels)] })
  session.dispose()
  return [logits, gradients]
}
