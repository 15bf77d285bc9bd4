import type { Plan, PlanLayer } from 'agon'
import { describe, expect, it } from 'vitest'
import { planText, workOf } from '../src/output/plan-text.js'

const conv: PlanLayer = {
  node: 'conv1',
  op: 'Conv',
  output: 'a',
  way: 'skip',
  alive: 25,
  outputs: 100,
  wanted: 30,
  inputs: 40,
  products: 3_000_000,
  denseProducts: 12_000_000,
  seconds: 0.01,
  cotangents: 100
}
const gemm: PlanLayer = { ...conv, node: '', op: 'Gemm', output: 'logits', way: 'waist', products: 1000, seconds: 0 }
const relu: PlanLayer = { ...conv, node: 'relu1', op: 'Relu', way: 'move', products: 0, denseProducts: 5000 }
const pool: PlanLayer = { ...relu, node: 'pool', op: 'MaxPool', seconds: 0.0005 }
const plan: Plan = {
  layers: [conv, relu, pool, { ...relu, node: 'relu2' }, gemm],
  forwardSeconds: 0.002,
  foldSeconds: 0.0001
}

describe('the table of a plan', () => {
  const lines = planText(plan, 'cgi').split('\n')

  it('lists what was computed, in units that are counted from the products', () => {
    expect(lines[0]).toBe('  backward pass of cgi:')
    expect(lines[1]!.trim().split(/ {2,}/)).toEqual([
      'layer',
      'operator',
      'way',
      'alive',
      'wanted',
      'GFLOP',
      'dense',
      'ms',
      'GF/s'
    ])
    // 2 * 3e6 * 100 / 1e9 = 0.6 GFLOP in 10 ms
    expect(lines[2]!.trim().split(/ {2,}/)).toEqual([
      'conv1',
      'Conv',
      'skip',
      '25.0 %',
      '75.0 %',
      '0.600',
      '2.40',
      '10.000',
      '60'
    ])
  })

  it('names a layer without a name by its output, and no speed where no time passed', () => {
    expect(lines[3]!.trim().split(/ {2,}/)).toEqual([
      'logits',
      'Gemm',
      'waist',
      '25.0 %',
      '75.0 %',
      '0.000200',
      '2.40',
      '0.000',
      '-'
    ])
  })

  it('sums up the layers that only moved rows, and everything', () => {
    expect(lines[4]).toBe('  3 layers only moved rows: Relu 2, MaxPool 1; 20.500 ms; dense 0.00300 GFLOP')
    expect(lines[5]).toBe(
      '  backward 0.600 of 4.80 GFLOP, 87.5 % skipped, 30.500 ms, 19.7 GF/s; forward 2.000 ms; fold 0.100 ms'
    )
    expect(lines.slice(6)).toEqual([''])
  })

  it('aligns its columns', () => {
    const ends = lines.slice(1, 4).map((line) => line.length)
    expect(new Set(ends).size).toBe(1)
  })

  it('is short where nothing was computed, and never NaN', () => {
    expect(planText({ ...plan, layers: [pool] }, 'cgi')).toBe(
      '  backward pass of cgi:\n  1 layer only moved rows: MaxPool 1; 0.500 ms; dense 0.00100 GFLOP\n' +
        '  backward 0 of 0.00100 GFLOP, 100.0 % skipped, 0.500 ms, 0 GF/s; forward 2.000 ms; fold 0.100 ms\n'
    )
    const empty = { ...conv, outputs: 0, alive: 0, inputs: 0, wanted: 0, denseProducts: 0, products: 0 }
    for (const layers of [[], [empty]]) {
      const text = planText({ ...plan, layers }, 'cgi')
      expect(text).toContain('0 of 0 GFLOP, nothing to skip')
      expect(text).not.toMatch(/NaN|Infinity/)
    }
  })
})

describe('work', () => {
  it('is that of every cotangent of every layer', () => {
    const { counted, dense, seconds } = workOf([conv, { ...conv, cotangents: 50 }])
    expect(counted).toBeCloseTo(0.9, 12)
    expect(dense).toBeCloseTo(3.6, 12)
    expect(seconds).toBe(0.02)
  })
})
