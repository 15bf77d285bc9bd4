import type { Plan, PlanLayer } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { gpuFloor, type Gpu } from '../src/gpu-floor.js'
import { gpuFloorTable } from '../src/gpu-floor-table.js'

/** 1 TFLOP/s in fp32, 4 in tf32, 8 in bf16; 1 TB/s. */
const gpu: Gpu = { name: 'G', teraflops: { fp32: 1, tf32: 4, bf16: 8 }, terabytes: 1, source: 'none' }

function layer(op: string, way: PlanLayer['way'], counts: Partial<PlanLayer>): PlanLayer {
  const none = { alive: 0, outputs: 0, wanted: 0, inputs: 0, products: 0, denseProducts: 0 }
  return { node: op, op, output: op, way, ...none, seconds: 1, cotangents: 10, ...counts }
}

function floorOf(...layers: PlanLayer[]) {
  return gpuFloor({ layers } as unknown as Plan, 10, 0, gpu)
}

describe('the floor on a GPU', () => {
  it('is the time of the operations where those take longer, in the precision of products', () => {
    const { seconds, dense_seconds, gflop, dense_gflop } = floorOf(
      layer('Conv', 'skip', { products: 1e9, denseProducts: 2e9 })
    )
    expect([gflop, dense_gflop]).toEqual([20, 40])
    expect(seconds.fp32).toBeCloseTo(0.02, 12)
    expect(seconds.tf32).toBeCloseTo(0.005, 12)
    expect(seconds.bf16).toBeCloseTo(0.0025, 12)
    expect(dense_seconds.fp32).toBeCloseTo(0.04, 12)
  })

  it('is the time of the rows where those take longer, whatever the precision', () => {
    const { seconds, gigabytes } = floorOf(layer('Conv', 'skip', { products: 1, alive: 1e8, wanted: 2e8 }))
    expect(gigabytes).toBe(12)
    expect(seconds).toEqual({ fp32: 0.012, tf32: 0.012, bf16: 0.012 })
  })

  it('adds up layers, of which each has its own bottleneck', () => {
    const { seconds } = floorOf(
      layer('Conv', 'skip', { products: 1e9 }),
      layer('MaxPool', 'skip', { products: 1, alive: 1e8 })
    )
    expect(seconds.bf16).toBeCloseTo(0.0025 + 0.004, 12)
  })

  it('gives only products the speed of tensor cores', () => {
    const { seconds } = floorOf(layer('LayerNormalization', 'skip', { products: 1e9 }))
    expect(seconds.bf16).toBe(seconds.fp32)
  })

  it('takes nothing for what is only moved, and reads weights and masks once', () => {
    expect(floorOf(layer('Relu', 'move', { alive: 1e9, denseProducts: 1e9 })).seconds.fp32).toBe(0)
    const masks = layer('Conv', 'skip', { outputs: 3e8, inputs: 1e8 })
    expect(gpuFloor({ layers: [masks] } as unknown as Plan, 10, 6e8, gpu).gigabytes).toBe(1)
  })

  it('has a row for each net, none of them measured', () => {
    const record = { kind: 'gpu-floor', id: 'gpu-floor/net', model: 'net', gpu: 'G', labels: 10 } as const
    const table = gpuFloorTable([
      { ...record, ...floorOf(layer('Conv', 'skip', { products: 1e9, denseProducts: 2e9 })) }
    ])
    expect(table.split('\n')).toHaveLength(3)
    expect(table).toContain(
      '| net | 10 | 20.0 | 40.0 | 0 | 0.0200 | 0.00500 | 0.00250 | 0.0400 | 0.0100 | 0.00500 | not yet |'
    )
  })
})
