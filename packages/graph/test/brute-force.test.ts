import { describe, expect, it } from 'vitest'
import { convGeometry, linearWindows, maxWindows, type ConvGeometry } from '../src/index.js'
import { floats, single } from './models.js'
import { draws } from './random.js'

/** Every index of a shape, in row-major order. */
function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) yield []
  else for (let i = 0; i < shape[0]!; i++) for (const rest of indices(shape.slice(1))) yield [i, ...rest]
}
const flat = (index: readonly number[], shape: readonly number[]) =>
  index.reduce((at, i, axis) => at * shape[axis]! + i, 0)
const sized = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

const next = draws(7)

interface Case {
  rank: number
  spatial: number[]
  kernel: number[]
  strides: number[]
  dilations: number[]
  begin: number[]
  end: number[]
}
function randomCase(): Case {
  const rank = next(1, 3)
  const list = (least: number, most: number) => Array.from({ length: rank }, () => next(least, most))
  const [kernel, dilations] = [list(1, 3), list(1, 2)]
  const window = kernel.map((k, axis) => (k - 1) * dilations[axis]! + 1)
  return {
    rank,
    kernel,
    dilations,
    strides: list(1, 3),
    spatial: window.map((w) => w + next(0, 4)),
    begin: kernel.map((k) => next(0, k - 1)),
    end: kernel.map((k) => next(0, k - 1))
  }
}
const cases = Array.from({ length: 60 }, randomCase)
const attributesOf = ({ kernel, strides, dilations, begin, end }: Case) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads: [...begin, ...end]
})

describe('convolution tables are the definition of convolution', () => {
  it.each(cases.map((c) => [JSON.stringify(c), c] as const))('%s', (_, c) => {
    const [groups, perGroupIn, perGroupOut] = [next(1, 2), next(1, 2), next(1, 2)]
    const [channelsIn, channelsOut] = [groups * perGroupIn, groups * perGroupOut]
    const w = Array.from({ length: channelsOut * perGroupIn * sized(c.kernel) }, () => next(-3, 3))
    const x = Array.from({ length: channelsIn * sized(c.spatial) }, () => next(-3, 3))
    const shape = [1, channelsIn, ...c.spatial]
    const constants = [floats([channelsOut, perGroupIn, ...c.kernel], w)]
    const { node, model } = single('Conv', shape, { attributes: { ...attributesOf(c), group: groups }, constants })
    const out = model.shapes.get('y0')!.slice(2)
    const g = convGeometry(node, model)
    expect([g.groups, g.channelsIn, g.channelsOut, g.positionsIn, g.positionsOut, g.taps]).toEqual([
      groups,
      channelsIn,
      channelsOut,
      sized(c.spatial),
      sized(out),
      sized(c.kernel)
    ])
    expect(convolve(g, x, w)).toEqual(direct(c, x, w, channelsOut, perGroupIn, perGroupOut, out))
  })
})

function convolve(g: ConvGeometry, x: number[], w: number[]): number[] {
  const y = new Array<number>(g.channelsOut * g.positionsOut).fill(0)
  const [inputs, outputs] = [g.channelsIn / g.groups, g.channelsOut / g.groups]
  for (let co = 0; co < g.channelsOut; co++)
    for (let ci = 0; ci < inputs; ci++)
      for (let o = 0; o < g.positionsOut; o++)
        for (let k = g.offsets[o]!; k < g.offsets[o + 1]!; k++) {
          const source = (Math.floor(co / outputs) * inputs + ci) * g.positionsIn + g.position[k]!
          y[co * g.positionsOut + o]! += x[source]! * w[(co * inputs + ci) * g.taps + g.tap[k]!]!
        }
  return y
}

function direct(
  c: Case,
  x: number[],
  w: number[],
  channelsOut: number,
  inputs: number,
  outputs: number,
  out: readonly number[]
): number[] {
  const y: number[] = []
  for (let co = 0; co < channelsOut; co++)
    for (const o of indices(out)) {
      let sum = 0
      for (let ci = 0; ci < inputs; ci++)
        for (const t of indices(c.kernel)) {
          const at = o.map((i, axis) => i * c.strides[axis]! - c.begin[axis]! + t[axis]! * c.dilations[axis]!)
          if (at.some((i, axis) => i < 0 || i >= c.spatial[axis]!)) continue
          const channel = Math.floor(co / outputs) * inputs + ci
          sum +=
            x[channel * sized(c.spatial) + flat(at, c.spatial)]! *
            w[(co * inputs + ci) * sized(c.kernel) + flat(t, c.kernel)]!
        }
      y.push(sum)
    }
  return y
}

describe('the table of ConvTranspose is that of Conv read backwards', () => {
  it.each(cases.map((c) => [JSON.stringify(c), c] as const))('%s', (_, c) => {
    const conv = single('Conv', [1, 1, ...c.spatial], {
      attributes: attributesOf(c),
      constants: [ones([1, 1, ...c.kernel])]
    })
    const out = conv.model.shapes.get('y0')!.slice(2)
    const reach = out.map(
      (o, axis) =>
        (o - 1) * c.strides[axis]! + (c.kernel[axis]! - 1) * c.dilations[axis]! + 1 - c.begin[axis]! - c.end[axis]!
    )
    const attributes = { ...attributesOf(c), output_padding: c.spatial.map((extent, axis) => extent - reach[axis]!) }
    const transposed = single('ConvTranspose', [1, 1, ...out], { attributes, constants: [ones([1, 1, ...c.kernel])] })
    expect(transposed.model.shapes.get('y0')).toEqual([1, 1, ...c.spatial])
    const { positionsIn, positionsOut, ...table } = convGeometry(conv.node, conv.model)
    expect(convGeometry(transposed.node, transposed.model)).toEqual({
      ...table,
      positionsIn: positionsOut,
      positionsOut: positionsIn
    })
  })
})
const ones = (shape: number[]) => floats(shape, new Array<number>(sized(shape)).fill(1))

describe('pooling windows are the definition of pooling', () => {
  it.each(cases.map((c) => [JSON.stringify(c), c] as const))('%s', (_, c) => {
    const max = single('MaxPool', [1, 2, ...c.spatial], { attributes: attributesOf(c) })
    const mean = single('AveragePool', [1, 2, ...c.spatial], {
      attributes: { ...attributesOf(c), count_include_pad: 1 }
    })
    const out = max.model.shapes.get('y0')!.slice(2)
    const windows = hasEmpty(c, out) ? undefined : maxWindows(max.node, max.model)
    const averages = linearWindows(mean.node, mean.model)
    let o = 0
    for (const index of indices(out)) {
      const sources = [...indices(c.kernel)]
        .map((t) => index.map((i, axis) => i * c.strides[axis]! - c.begin[axis]! + t[axis]! * c.dilations[axis]!))
        .filter((at) => at.every((i, axis) => i >= 0 && i < c.spatial[axis]!))
        .map((at) => flat(at, c.spatial))
      if (windows) expect([...windows.sources.slice(windows.offsets[o], windows.offsets[o + 1])]).toEqual(sources)
      expect([...averages.sources.slice(averages.offsets[o], averages.offsets[o + 1])]).toEqual(sources)
      // Without ceil_mode every window lies inside the padding, so that all taps count.
      for (const weight of averages.weights!.slice(averages.offsets[o], averages.offsets[o + 1])) {
        expect(weight).toBeCloseTo(1 / sized(c.kernel), 12)
      }
      o++
    }
    expect(averages.offsets.length - 1).toBe(o)
    expect([averages.planes, averages.strideIn, averages.strideOut]).toEqual([2, sized(c.spatial), o])
  })
})

function hasEmpty(c: Case, out: readonly number[]): boolean {
  return out.some((extent, axis) =>
    Array.from({ length: extent }, (_, o) =>
      Array.from({ length: c.kernel[axis]! }, (_, t) => o * c.strides[axis]! - c.begin[axis]! + t * c.dilations[axis]!)
    ).some((taps) => taps.every((i) => i < 0 || i >= c.spatial[axis]!))
  )
}
