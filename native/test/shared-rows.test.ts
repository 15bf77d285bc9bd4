import { createReferenceEngine } from '@agon/engine-reference'
import { modelOf, relativeError } from '@agon/testing'
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

/**
 * z = conv(y), y = softplus(v) + c sigmoid(v), v = conv(x): the two terms of y share rows that the convolution above has not made yet. They are made when
 * the product with c asks for them, and softplus, which comes next on the way back, must not scale them in place.
 */
const unmade = modelOf('unmade-rows', [2, 6, 6], (m) => {
  const conv = (x: string, from: number): string =>
    m.add('Conv', [x, m.weights([4, from, 3, 3], 0.3)], { pads: [1, 1, 1, 1] })
  const v = conv(m.input, 2)
  const product = m.add('Mul', [m.add('Sigmoid', [v]), m.floats([], [0.5])])
  const y = m.add('Add', [m.add('Softplus', [v]), product])
  return m.add('Flatten', [m.add('GlobalAveragePool', [conv(y, 4)])])
})

it('rows that two values share before they are made are not scaled in place for one of them', async () => {
  const input = randomTensor([1, 2, 6, 6])
  const labels = { labels: [range(4)] }
  const found = await (await load(unmade)).vjp(input, labels)
  const expected = await (await createReferenceEngine().load(unmade)).vjp(input, labels)
  expect(relativeError(found.data, expected.data)).toBeLessThan(1e-5)
})
