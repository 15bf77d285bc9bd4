#!/usr/bin/env node
/**
 * node benchmarks/bin/attribute.mjs MODEL.onnx INPUT.npy METHOD [OPTION=NUMBER ...] [--threads T] [--seconds S]
 *
 * Explains label 0 by a method of @agon/methods on the native engine. The last line of output is one line of JSON, with core_s, wall_s
 * and peak_mb as bin/all-labels.mjs has them; sum: the sum of the attribution.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { AgonError, explain } from '@agon/core'
import { readNpy } from '@agon/images'
import { methods } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { readOnnx } from '@agon/onnx'
import { peakMegabytes, rounded, steady } from '../dist/repeated.js'

const usage =
  'usage: node benchmarks/bin/attribute.mjs MODEL.onnx INPUT.npy METHOD [OPTION=NUMBER ...] [--threads T] [--seconds S]'

async function measure(modelPath, inputPath, name, { settings, threads, seconds }) {
  const method = methods.get(name).create(settings)
  const engine = createCpuEngine(threads === undefined ? {} : { threads })
  const session = await engine.load(await readOnnx(readFileSync(modelPath)))
  const { shape, data } = readNpy(readFileSync(inputPath))
  const run = (input) => explain(session, input, method, { target: 0 })

  let explanation
  const { core_s, wall_s } = await steady(
    () => run({ shape, data: data.slice().reverse() }),
    async () => (explanation = await run({ shape, data })),
    seconds
  )
  return {
    method: name,
    core_s: rounded(core_s),
    wall_s: rounded(wall_s),
    peak_mb: rounded(peakMegabytes()),
    sum: rounded(explanation.attribution.data.reduce((a, b) => a + b, 0)),
    threads: engine.threads
  }
}

/** `steps=50` as `['steps', 50]` */
function setting(text) {
  const [name, value] = text.split('=')
  if (!name || value === undefined || value === '' || Number.isNaN(Number(value)))
    throw new Error(`not OPTION=NUMBER: '${text}'`)
  return [name, Number(value)]
}

function fail(line) {
  console.error(line)
  process.exitCode = 1
}

try {
  const options = { threads: { type: 'string' }, seconds: { type: 'string', default: '0.2' } }
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  const [model, input, method, ...rest] = positionals
  const seconds = Number(values.seconds)
  if (method === undefined || !(seconds >= 0)) fail(usage)
  else {
    const threads = values.threads && Number(values.threads)
    const settings = Object.fromEntries(rest.map(setting))
    console.log(JSON.stringify(await measure(model, input, method, { settings, threads, seconds })))
  }
} catch (error) {
  fail(error instanceof AgonError ? `${error.code}: ${error.message}` : `${error.message}\n${usage}`)
}
