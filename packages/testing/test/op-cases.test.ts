import { operatorNames } from '@agon/graph'
import { opCases, smoothStep } from '@agon/testing'
import { describe, expect, it } from 'vitest'

describe('the table of operator cases', () => {
  it('names every case once, after its operator', () => {
    expect(new Set(opCases.map(({ name }) => name)).size).toBe(opCases.length)
    for (const { name, op, model } of opCases) {
      expect(name.startsWith(`${op}: `)).toBe(true)
      expect(model.nodes.some((node) => node.op === op)).toBe(true)
    }
  })

  it('covers every known operator', () => {
    expect([...new Set(opCases.map(({ op }) => op))].sort()).toEqual(operatorNames())
  })

  it('draws the same input for the same seed and example, whatever the batch', () => {
    for (const row of opCases) {
      const [one, three] = [row.input(7), row.input(7, 3)]
      expect(one.shape).toEqual(row.inputShape)
      expect(three.shape).toEqual([3, ...row.inputShape.slice(1)])
      expect([...three.data.subarray(0, one.data.length)]).toEqual([...one.data])
    }
  })

  it('keeps smooth inputs of pooling apart by more than the smooth step', () => {
    const rows = opCases.filter(({ op, smooth }) => smooth && ['MaxPool', 'GlobalMaxPool', 'ReduceMax'].includes(op))
    expect(rows.length).toBeGreaterThan(10)
    for (const row of rows) {
      const sorted = row.input(1).data.toSorted()
      for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThan(2 * smoothStep)
    }
  })
})
