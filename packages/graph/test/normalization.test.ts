import { describe, expect, it } from 'vitest'
import { normGeometry } from '../src/index.js'
import { counting, shapeOf, single } from './models.js'

const geometry = (op: string, shape: readonly number[], options: Parameters<typeof single>[2] = {}) => {
  const { node, model } = single(op, shape, options)
  const { outer, extent, inner } = normGeometry(node, model)
  return [outer, extent, inner]
}

describe('normalisations', () => {
  const vector = counting([4])
  it('are seen as [outer, extent, inner]', () => {
    expect(geometry('Softmax', [1, 4, 5, 6], { attributes: { axis: 1 } })).toEqual([1, 4, 30])
    expect(geometry('LogSoftmax', [1, 4, 5])).toEqual([4, 5, 1])
    expect(geometry('LayerNormalization', [1, 3, 4], { constants: [vector] })).toEqual([3, 4, 1])
    expect(
      geometry('LayerNormalization', [1, 3, 4], { constants: [counting([3, 4])], attributes: { axis: -2 } })
    ).toEqual([1, 12, 1])
    expect(geometry('InstanceNormalization', [1, 4, 5, 6], { constants: [vector, vector] })).toEqual([4, 30, 1])
    expect(
      geometry('GroupNormalization', [1, 4, 5, 6], { constants: [vector, vector], attributes: { num_groups: 2 } })
    ).toEqual([2, 60, 1])
    expect(geometry('BatchNormalization', [1, 4, 5], { constants: [vector, vector, vector, vector] })).toEqual([
      1, 4, 5
    ])
    expect(geometry('LRN', [1, 4, 5, 6], { attributes: { size: 3 } })).toEqual([1, 4, 30])
  })
  it('refuse parameters that do not fit', () => {
    expect(() => shapeOf('BatchNormalization', [1, 3, 5], { constants: [vector, vector, vector, vector] })).toThrow(
      /input 1 of BatchNormalization node 'y0': expected \[3\], found \[4\]/
    )
    expect(() =>
      shapeOf('GroupNormalization', [1, 4, 5], { constants: [vector, vector], attributes: { num_groups: 3 } })
    ).toThrow(/a divisor of 4/)
    expect(() => shapeOf('LayerNormalization', [1, 3], { constants: [vector] })).toThrow(/LayerNormalization/)
    expect(() => shapeOf('Softmax', [1, 3], { attributes: { axis: 2 } })).toThrow(
      /axis of Softmax node 'y0': expected -2 to 1, found 2/
    )
  })
  it('refuse training mode', () => {
    const constants = [vector, vector, vector, vector]
    expect(() => shapeOf('BatchNormalization', [1, 4, 5], { constants, attributes: { training_mode: 1 } })).toThrow(
      /training_mode.*evaluation mode/
    )
  })
})
