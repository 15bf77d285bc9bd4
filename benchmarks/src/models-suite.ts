import { readFileSync } from 'node:fs'
import type { Engine } from '@agon/core'
import { readNpy } from '@agon/images'
import { createCpuEngine } from '@agon/native'
import { readOnnx } from '@agon/onnx'
import { alternate, type Contender } from './alternate.js'
import type { Case, Context } from './case.js'
import { models, ownCounts, ownPair, peerCounts, type ModelEntry } from './catalog.js'
import { peersOf } from './contenders.js'
import { countedFlops } from './floor.js'
import { graphFiles, type GraphFiles } from './graphs.js'
import { ownContest } from './own.js'
import type { BenchRecord } from './records.js'

/** All labels of every model: agon beside the peers. */
export const modelCases: readonly Case[] = models.map((model) => ({
  id: `models/${model.name}`,
  run: (context) => measure(model, context)
}))

async function measure(model: ModelEntry, context: Context): Promise<BenchRecord> {
  const { full, threads } = context.options
  const id = `models/${model.name}`
  const files = graphFiles(model.name, context.places)
  if (files === undefined) return { kind: 'skip', id, reason: 'no model file; it is exported by a Python with torch' }
  const sampling = { threads, seconds: 0.2 }
  const own: Contender = {
    name: 'agon',
    counts: ownCounts(model, full),
    sample: (n) => ownContest(files, n, sampling),
    optional: false
  }
  const peers = await peersOf(context, requests(model, full))
  try {
    const { systems, skipped } = await alternate([own, ...peers.contenders], rounds(context, id, 10))
    return {
      kind: 'model',
      id,
      model: model.name,
      labels: model.labels,
      pair: ownPair(model, full),
      peer_pair: model.peerPair,
      goal: model.goal,
      systems,
      versions: peers.versions,
      skipped: [...peers.skipped, ...skipped],
      ...(full && (await floor(files, model.labels, threads)))
    }
  } finally {
    peers.stop()
  }
}

function requests(model: ModelEntry, full: boolean): Parameters<typeof peersOf>[1] {
  const counts = peerCounts(model, full)
  const specs = [...model.torch.always, ...(full ? model.torch.full : [])]
  const request = { model: model.name, counts }
  return [
    { ...request, family: 'torch', specs },
    ...(model.jax.length > 0 ? ([{ ...request, family: 'jax', specs: model.jax }] as const) : [])
  ]
}

/** How often and how long a case may alternate (`short` seconds in a short run), and its progress. */
export function rounds(
  { options: { full }, say }: Context,
  id: string,
  short: number
): Parameters<typeof alternate>[1] {
  return {
    rounds: full ? 5 : 3,
    seconds: full ? 240 : short,
    onSample: (name, n, round, { core_s }) =>
      say(`${id}: round ${round}, ${name}, n = ${n}: ${core_s.toPrecision(3)} core s`)
  }
}

/** Labels from which the work of all of them is counted where each does the same. */
const fewLabels = 16

/** The counted work of all labels, with skipping alone and as it is planned, and the peak of one core. */
async function floor(files: GraphFiles, labels: number, threads: number) {
  const engine = createCpuEngine({ threads })
  const few = Math.min(labels, fewLabels)
  const skipping = await counted(createCpuEngine({ threads, waist: 'never', meet: 'never' }), files, few)
  const planned = await counted(engine, files, labels)
  return {
    ...(skipping !== undefined && { skipping_gflop: (skipping * labels) / few }),
    ...(planned !== undefined && { counted_gflop: planned }),
    peak_gflops: engine.peakGflops()
  }
}

async function counted(engine: Engine, files: GraphFiles, labels: number): Promise<number | undefined> {
  const session = await engine.load(await readOnnx(readFileSync(files.model)))
  try {
    const { shape, data } = readNpy(readFileSync(files.input))
    return await countedFlops(session, { shape, data }, labels)
  } finally {
    session.dispose()
  }
}
