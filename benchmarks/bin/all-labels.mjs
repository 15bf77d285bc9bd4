#!/usr/bin/env node
/**
 * node benchmarks/bin/all-labels.mjs MODEL.onnx INPUT.npy N [--threads T]
 *
 * The gradient-times-input contest of the first N labels on the native engine. The last line of output is one line of JSON:
 * core_s: processor seconds of forward pass and contest (loading excluded), wall_s: the same by the clock, peak_mb: largest resident
 * memory of the whole process, kept_share: share of the pixels that the likeliest of the N labels keeps.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { AgonError, competitiveMap, keptShare, ranked, summedAxis } from '@agon/core'
import { readNpy } from '@agon/images'
import { createCpuEngine } from '@agon/native'
import { readOnnx } from '@agon/onnx'

const usage = 'usage: node benchmarks/bin/all-labels.mjs MODEL.onnx INPUT.npy N [--threads T]'

async function measure(modelPath, inputPath, count, threads) {
  const model = await readOnnx(readFileSync(modelPath))
  const { shape, data } = readNpy(readFileSync(inputPath))
  const input = { shape, data }
  const engine = createCpuEngine(threads === undefined ? {} : { threads })
  const session = await engine.load(model)
  const labels = Array.from({ length: shape[0] }, () => Array.from({ length: count }, (_, label) => label))
  const axis = shape.length === 4 ? summedAxis(shape, 'pixel') : undefined

  const cpu = process.cpuUsage()
  const from = performance.now()
  const logits = await session.forward(input)
  const contest = await session.contest(input, labels, {
    multiply: 'input',
    ...(axis !== undefined && { sumAxis: axis })
  })
  const wall = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)

  const best = labels.map((_, n) => [
    ranked(logits.data.subarray((n * logits.data.length) / shape[0]).subarray(0, count))[0]
  ])
  return {
    model: modelPath,
    labels: count,
    core_s: round((user + system) / 1e6),
    wall_s: round(wall),
    peak_mb: round(process.resourceUsage().maxRSS / 1024),
    kept_share: round(keptShare(competitiveMap(contest, best).data)),
    threads: engine.threads
  }
}

function round(value) {
  return Number(value.toPrecision(4))
}

function fail(line) {
  console.error(line)
  process.exitCode = 1
}

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { threads: { type: 'string' } } })
  const [model, input, count] = positionals
  if (positionals.length !== 3 || !Number.isSafeInteger(Number(count))) fail(usage)
  else console.log(JSON.stringify(await measure(model, input, Number(count), values.threads && Number(values.threads))))
} catch (error) {
  fail(error instanceof AgonError ? `${error.code}: ${error.message}` : `${error.message}\n${usage}`)
}
