import { describe, expect, it } from 'vitest'
import { readOnnx } from '../src/read.js'
import { writeOnnx } from '../src/write.js'
import { file } from './build.js'
import { expectClose, noise, runOrt, runReference } from './run.js'
import { algebraCases } from './upgrade-cases/algebra.js'
import { axesCases } from './upgrade-cases/axes.js'
import { pointwiseCases } from './upgrade-cases/pointwise.js'
import { resizeCases } from './upgrade-cases/resize.js'

const cases = { ...axesCases, ...pointwiseCases, ...resizeCases, ...algebraCases }

describe.each(Object.entries(cases))('%s', (_, made) => {
  const bytes = file(made)
  const at = made.at ?? Object.values(made.inputs ?? { x: [1, 4] })[0]!.map((e) => (typeof e === 'number' ? e : 1))
  const input = noise(at)

  it('computes what onnxruntime computes of the file, in the reference engine and written again', async () => {
    const expected = await runOrt(bytes, input)
    const model = await readOnnx(bytes)
    if (made.ops) expect(model.nodes.map(({ op }) => op)).toEqual(made.ops)
    expectClose(await runOrt(writeOnnx(model), input), expected)
    expectClose(await runReference(model, input), expected)
  })
})
