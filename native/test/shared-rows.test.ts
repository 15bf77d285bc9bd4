import { createReferenceEngine } from '@agon/engine-reference'
import { modelOf } from '@agon/testing'
import { expect, it } from 'vitest'
import { load, randomTensor, range } from './helpers.js'

/**
 * y = s + w, s = u + v, v = exp(tanh(u)), w = sigmoid(u), u = tanh(x): on the way back u and v share the rows of s when what comes from w is added to
 * u, and v is still to be read.
 */
const model = modelOf('shared-rows', [6], (m) => {
  const u = m.add('Tanh', [m.input])
  const v = m.add('Exp', [m.add('Tanh', [u])])
  const w = m.add('Sigmoid', [u])
  return m.add('Add', [m.add('Add', [u, v]), w])
})

it('rows that two values share are not added into', async () => {
  const input = randomTensor([1, 6])
  const labels = { labels: [range(6)] }
  const found = await (await load(model)).vjp(input, labels)
  const expected = await (await createReferenceEngine().load(model)).vjp(input, labels)
  found.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 5))
})
