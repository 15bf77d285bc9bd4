import { opCases } from '@agon/testing'
import { createCpuEngine } from '../../lib/index.js'
import { errorsOf } from '../against-reference.js'

// Prints what this process computes with and which operator cases are off: one JSON line.
const engine = createCpuEngine({ threads: 2 })
const off: unknown[] = []
for (const opCase of opCases) {
  const errors = await errorsOf(engine, opCase)
  if (!(errors.forward < opCase.tolerance && errors.vjp < opCase.tolerance)) off.push(errors)
}
process.stdout.write(JSON.stringify({ instructionSet: engine.instructionSet, cases: opCases.length, off }))
