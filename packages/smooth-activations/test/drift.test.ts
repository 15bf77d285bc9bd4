import { tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { logitDrift } from '../src/index.js'

describe('the drift of logits', () => {
  it('is the root mean square of what moved, in deviations of the logits, example by example', () => {
    // deviations of 1,2,3 are -1,0,1: root mean square sqrt(2/3); moved by 0.5,0,0: sqrt(0.25/3)
    const [one, two] = logitDrift(tensor([2, 3], [1, 2, 3, 5, 5.5, 0]), tensor([2, 3], [1.5, 2, 3, 7, 7.5, 2]))
    expect(one!.drift).toBeCloseTo(Math.sqrt(0.25 / 2), 6)
    expect(one).toMatchObject({ largest: 0.5, top: 2, topAfter: 2 })
    expect(two).toMatchObject({ largest: 2, top: 1, topAfter: 1 })
  })

  it('tells a lost label, is 0 where nothing moved, and compares like with like', () => {
    expect(logitDrift(tensor([1, 2], [0, 1]), tensor([1, 2], [3, 1]))[0]).toMatchObject({ top: 1, topAfter: 0 })
    expect(logitDrift(tensor([1, 2], [4, 4]), tensor([1, 2], [4, 4]))[0]!.drift).toBe(0)
    expect(() => logitDrift(tensor([1, 2], [0, 1]), tensor([2, 1], [0, 1]))).toThrow(/expected \[1,2\], found \[2,1\]/)
  })
})
