import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { load } from './helpers.js'

describe('values without elements', () => {
  it.each([
    ['a label list', 0, 8],
    ['a sum', 4, 0]
  ])('%s is refused by the name of its node', async (_, labels, features) => {
    const model = modelOf('empty', [8], (m) => {
      const part = m.add('Slice', [m.input, m.integers([0]), m.integers([features]), m.integers([1])])
      return m.add('MatMul', [part, m.weights([features, labels])])
    })
    const refused = load(model)
    await expect(refused).rejects.toMatchObject({ code: 'AGON_BAD_MODEL' })
    await expect(refused).rejects.toThrow(/of MatMul node .*expected extents >= 1, found \[/)
  })
})
