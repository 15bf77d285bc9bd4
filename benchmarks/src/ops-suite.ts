import { AgonError, createRandom, sizeOf, type Engine, type Tensor } from '@agon/core'
import { opCases, type OpCase } from '@agon/testing'
import { createEngine } from 'agon'
import type { Case, Context } from './case.js'
import type { BenchRecord, OpRecord } from './records.js'
import { repeated } from './repeated.js'
import { timing, type Sample } from './statistics.js'

const cotangents = 16

/** Made once, by the first case: every case runs on the same ones. */
let made: readonly Engine[] | undefined

/** One VJP of every row of the shared table of operator cases, on every engine. */
export const opsCases: readonly Case[] = opCases.map((row) => ({
  id: `ops/${row.name}`,
  run: (context) => measure(row, context)
}))

async function measure(row: OpCase, { options: { full, threads } }: Context): Promise<BenchRecord> {
  const engines: OpRecord['engines'][number][] = []
  for (const engine of (made ??= enginesFor(threads))) {
    engines.push({ name: engine.name, ...timing(await vjpSamples(engine, row, full)) })
  }
  return { kind: 'op', id: `ops/${row.name}`, case: row.name, cotangents, engines }
}

/** The native engine where its addon loads, and the reference. */
function enginesFor(threads: number): Engine[] {
  return (['cpu', 'reference'] as const).flatMap((name) => {
    try {
      return [createEngine(name, { threads }).engine]
    } catch (error) {
      if (error instanceof AgonError && error.code === 'AGON_NO_ENGINE') return []
      throw error
    }
  })
}

/** Five samples of a VJP of random cotangents, each of many calls. */
async function vjpSamples(engine: Engine, row: OpCase, full: boolean): Promise<Sample[]> {
  const session = await engine.load(row.model)
  try {
    const input = row.input(1)
    const { shape } = await session.forward(input)
    const seeds = randomTensor([cotangents, ...shape])
    const run = () => session.vjp(input, seeds)
    await repeated(run, full ? 0.02 : 0.01)
    const samples: Sample[] = []
    for (let i = 0; i < 5; i++) samples.push(await repeated(run, full ? 0.05 : 0.003))
    return samples
  } finally {
    session.dispose()
  }
}

function randomTensor(shape: readonly number[]): Tensor {
  const random = createRandom(3)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}
