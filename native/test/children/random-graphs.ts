import { readFileSync, writeFileSync } from 'node:fs'
import { randomModel } from '@agon/testing'
import { createCpuEngine } from '../../lib/index.js'
import { range } from '../helpers.js'

// Reads [{ seed, example }] and writes, one after another as float32, the logits and the gradients of all labels. Prints the instruction set.
const [from, to] = process.argv.slice(2)
const trials = JSON.parse(readFileSync(from!, 'utf8')) as { seed: number; shape: number[]; data: number[] }[]
const engine = createCpuEngine({ threads: 2 })
const results: Uint8Array[] = []
for (const { seed, shape, data } of trials) {
  const session = await engine.load(randomModel(seed))
  const input = { shape, data: Float32Array.from(data) }
  const logits = await session.forward(input)
  const gradients = await session.vjp(input, { labels: [range(logits.data.length)] })
  for (const tensor of [logits, gradients]) results.push(new Uint8Array(tensor.data.slice().buffer))
  session.dispose()
}
writeFileSync(to!, Buffer.concat(results))
process.stdout.write(engine.instructionSet)
