import { readFileSync } from 'node:fs'
import { createRandom, sizeOf } from '@agon/core'
import { readOnnx } from '@agon/onnx'
import { createCpuEngine } from '../../lib/index.js'
import { range } from '../helpers.js'

// A contest of 1000 labels of the model in argv[2], input 227 x 227: seconds, and the largest resident memory of this process.
const session = await createCpuEngine().load(await readOnnx(readFileSync(process.argv[2]!)))
const random = createRandom(1)
const shape = [1, 3, 227, 227]
const input = { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 60 * random.normal()) }
const from = performance.now()
const contest = await session.contest(input, [range(1000)], { multiply: 'input', sumAxis: 1 })
const seconds = (performance.now() - from) / 1000
const winners = new Set(contest.bestLabel).size
const megabytes = process.resourceUsage().maxRSS / 1024
process.stdout.write(JSON.stringify({ seconds, megabytes, winners }))
