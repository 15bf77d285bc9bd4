import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { createReferenceEngine } from '@agon/engine-reference'
import { specialize } from '@agon/graph'
import { createCpuEngine } from '@agon/native'
import { gpuFloor, gpuPrecisions, h200 } from '../../benchmarks/dist/gpu-floor.js'
import { lower } from '../../native/dist/lower.js'
import { draw, lawOf } from './draw.mjs'
import { npy } from './npy.mjs'
import { programParts } from './program-file.mjs'

/** Labels of the sample whose cotangents are compared. */
const gradientLabels = 4
/** Labels of the contests that are timed, at most; cuda/bench/time.cpp says the same. */
const mostLabels = 1000
/** Elements from which on a matrix or kernel is drawn. */
const leastDrawn = 256

/**
 * Writes one net: program.bin.gz, input.npy, sample.npy (so many labels, whose contest is compared), sum.npy (pictures), and ENGINE-*.npy of each engine that
 * answers. Returns lines of JSON: the least seconds that a contest of all labels takes on an H200.
 */
export async function writeNet(folder, { model: given, input, small }, { weights, labels: most }) {
  mkdirSync(folder, { recursive: true })
  const fixed = specialize(given, input.shape)
  const laws = weights === 'drawn' ? lawsOf(fixed) : new Map()
  const model = laws.size === 0 ? fixed : { ...fixed, constants: drawnConstants(fixed, laws) }
  const { program, constantIds } = lower(model)
  const byId = new Map(
    [...laws].filter(([name]) => constantIds.has(name)).map(([name, law]) => [constantIds.get(name), law])
  )
  await writeParts(join(folder, 'program.bin.gz'), programParts(program, byId))
  const write = (name, shape, data) => writeFileSync(join(folder, `${name}.npy`), npy(shape, data))
  write('input', input.shape, input.data)
  const labels = program.sizes[program.output]
  const sample = spread(Math.min(labels, most), labels)
  write('sample', [sample.length], sample)
  if (input.shape.length === 4) write('sum', [3], Int32Array.of(1, input.shape[1], input.shape[2] * input.shape[3]))
  const engines = [
    createCpuEngine({ waist: 'never', meet: 'never', batch: 'never' }),
    ...(small ? [createReferenceEngine()] : [])
  ]
  const plans = []
  for (const engine of engines) await writeAnswers(engine, model, input, [...sample], write, (plan) => plans.push(plan))
  const floor = gpuFloor(plans[0], Math.min(labels, mostLabels), weightBytes(model), h200)
  return gpuPrecisions.map((precision) =>
    JSON.stringify({ kind: 'floor', model: folder.split('/').at(-1), precision, seconds: floor.seconds[precision] })
  )
}

function weightBytes({ constants }) {
  return [...constants.values()].reduce((sum, { data }) => sum + 4 * data.length, 0)
}

/** Labels from all over. */
function spread(count, labels) {
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * labels) / count))
}

/** Logits, cotangents of some labels, and the contest of the sample, of gradient times input. */
async function writeAnswers(engine, model, input, sample, write, onPlan) {
  const session = await engine.load(model)
  const of = (name, shape, data) => write(`${engine.name}-${name}`, shape, data)
  const logits = await session.forward(input)
  of('logits', logits.shape, logits.data)
  const labels = sample.slice(0, gradientLabels)
  const gradients = await session.vjp(input, { labels: [labels] })
  of('gradients', [labels.length, input.data.length], gradients.data)
  const options = { multiply: 'input', onPlan, ...(input.shape.length === 4 && { sumAxis: 1 }) }
  const { shape, best, worst, bestLabel, worstLabel } = await session.contest(input, [sample], options)
  for (const [name, data] of Object.entries({ best, worst, 'best-label': bestLabel, 'worst-label': worstLabel }))
    of(name, shape, data)
  session.dispose()
}

function lawsOf({ constants }) {
  const many = [...constants].filter(
    ([, { dtype, shape, data }]) => dtype === 'float32' && shape.length > 1 && data.length >= leastDrawn
  )
  return new Map(many.map(([name, { data }], i) => [name, lawOf(data, i + 1)]))
}

function drawnConstants({ constants }, laws) {
  return new Map(
    [...constants].map(([name, constant]) => {
      const law = laws.get(name)
      return [name, law === undefined ? constant : { ...constant, data: draw(constant.data.length, law) }]
    })
  )
}

/** Part after part: together they may be longer than one buffer can be. Compressed: index tables of broadcasts take most of a transformer. */
async function writeParts(path, parts) {
  await pipeline(Readable.from(parts), createGzip(), createWriteStream(path))
}
