#!/usr/bin/env node
/**
 * node benchmarks/bin/all-labels.mjs MODEL.onnx INPUT.npy N [--threads T] [--seconds S]
 *
 * The gradient-times-input contest of the first N labels on the native engine, and the map that label 0 keeps. The last line of output
 * is one line of JSON: core_s: processor seconds of forward pass and contest (loading excluded), wall_s: the same by the clock,
 * peak_mb: largest resident memory of the whole process, kept_share: share of the pixels that the likeliest of the N labels keeps.
 * Every contest is given back before the next one. The process is warmed up by half a second of contests of a few labels of another
 * input (a second, where one takes less than 5 ms). Short computations are repeated until S seconds (default 0.2; 0: once) have passed; the seconds are then means.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { AgonError, competitiveMap, keptShare, ranked, summedAxis } from '@agon/core'
import { readNpy } from '@agon/images'
import { createCpuEngine } from '@agon/native'
import { readOnnx } from '@agon/onnx'
import { peakMegabytes, rounded, steady } from '../dist/repeated.js'

const usage = 'usage: node benchmarks/bin/all-labels.mjs MODEL.onnx INPUT.npy N [--threads T] [--seconds S]'

async function measure(modelPath, inputPath, count, { threads, seconds }) {
  const model = await readOnnx(readFileSync(modelPath))
  const { shape, data } = readNpy(readFileSync(inputPath))
  const engine = createCpuEngine(threads === undefined ? {} : { threads })
  const session = await engine.load(model)
  const axis = shape.length === 4 ? summedAxis(shape, 'pixel') : undefined
  let contest
  // What the call before has left is given up, as it is by peers when its name is bound anew.
  const contestOf = async (input, labels) => {
    if (contest !== undefined) session.recycle(contest)
    const perExample = Array.from({ length: shape[0] }, () => Array.from({ length: labels }, (_, label) => label))
    contest = await session.contest(input, perExample, {
      multiply: 'input',
      ...(axis !== undefined && { sumAxis: axis })
    })
  }

  const other = { shape, data: data.slice().reverse() }
  const few = () => contestOf(other, Math.min(count, 16))
  const all = async () => {
    await contestOf({ shape, data }, count)
    competitiveMap(contest, Array(shape[0]).fill([0]))
  }
  const { core_s, wall_s } = await steady(few, all, seconds)
  const peak = peakMegabytes()

  const logits = await session.forward({ shape, data })
  const size = logits.data.length / shape[0]
  const best = Array.from({ length: shape[0] }, (_, n) => [ranked(logits.data.subarray(n * size, n * size + count))[0]])
  return {
    model: modelPath,
    labels: count,
    core_s: rounded(core_s),
    wall_s: rounded(wall_s),
    peak_mb: rounded(peak),
    kept_share: rounded(keptShare(competitiveMap(contest, best).data)),
    threads: engine.threads
  }
}

function fail(line) {
  console.error(line)
  process.exitCode = 1
}

try {
  const options = { threads: { type: 'string' }, seconds: { type: 'string', default: '0.2' } }
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  const [model, input, count] = positionals
  const seconds = Number(values.seconds)
  if (positionals.length !== 3 || !Number.isSafeInteger(Number(count)) || !(seconds >= 0)) fail(usage)
  else {
    const threads = values.threads && Number(values.threads)
    console.log(JSON.stringify(await measure(model, input, Number(count), { threads, seconds })))
  }
} catch (error) {
  fail(error instanceof AgonError ? `${error.code}: ${error.message}` : `${error.message}\n${usage}`)
}
