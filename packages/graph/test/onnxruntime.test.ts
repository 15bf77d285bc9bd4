import { sizeOf, type Attribute, type Constant, type DType } from '@agon/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import {
  convGeometry,
  linearWindows,
  maxWindows,
  schemaOf,
  type AttributeKind,
  type StaticModel,
  type Windows
} from '../src/index.js'
import { bools, counting, floats, folded, integers, scalar, single } from './models.js'
import { oneNodeFile } from './onnx-bytes.js'
import { draws } from './random.js'

type Attributes = Readonly<Record<string, Attribute>>
type Inputs = readonly (Constant | undefined)[]
const next = draws(11)
const pick = <T>(...choices: readonly T[]): T => choices[next(0, choices.length - 1)]!
const random = (shape: readonly number[]) =>
  floats(
    shape,
    Array.from({ length: sizeOf(shape) }, () => next(-50, 50) / 8)
  )

/** What onnxruntime computes for one node. */
async function elsewhere(
  op: string,
  inputs: Inputs,
  attributes: Attributes,
  output: { dtype: DType; shape: readonly number[] }
) {
  const specs = Object.entries(schemaOf(op)!.attributes)
  const kinds = Object.fromEntries(specs.map(([name, { kind }]) => [name, kind])) as Record<string, AttributeKind>
  const session = await ort.InferenceSession.create(oneNodeFile({ op, inputs, attributes, kinds, output }), {
    logSeverityLevel: 4
  })
  const { y } = await session.run({ i0: fed(inputs[0]!) })
  await session.release()
  return { shape: [...y!.dims], values: Array.from(y!.data as ArrayLike<number | bigint>, Number) }
}

function fed({ dtype, shape, data }: Constant): ort.Tensor {
  return dtype === 'int64'
    ? new ort.Tensor('int64', BigInt64Array.from(data, BigInt), shape)
    : new ort.Tensor(dtype, data, shape)
}

async function compare(
  op: string,
  inputs: Inputs,
  attributes: Attributes,
  here: { dtype: DType; shape: readonly number[]; data: ArrayLike<number> }
) {
  const there = await elsewhere(op, inputs, attributes, here)
  expect(there.shape).toEqual(here.shape)
  there.values.forEach((value, i) =>
    expect(Math.abs(value - here.data[i]!)).toBeLessThanOrEqual(2e-5 * (1 + Math.abs(value)))
  )
}

const titled = (cases: readonly (readonly [string, Inputs, Attributes])[]) =>
  cases.map(([op, inputs, attributes]) => {
    const list = inputs.map((input) =>
      input === undefined ? '-' : input.data.length > 8 ? `[${input.shape.join()}]` : `${[...input.data].join()}`
    )
    return [`${op} ${list.join(' ')} ${JSON.stringify(attributes)}`, op, inputs, attributes] as const
  })

const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'half_pixel_symmetric']
const nearests = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']

function resizeCases() {
  const image = () => random([1, 2, next(1, 7), next(2, 9)])
  return coordinates.flatMap((coordinate_transformation_mode) =>
    Array.from({ length: 12 }, (_, i): readonly [string, Inputs, Attributes] => {
      const mode = pick('nearest', 'linear', 'cubic')
      const x = mode === 'cubic' ? random([1, 1, next(4, 7), next(4, 9)]) : image()
      const attributes = {
        mode,
        coordinate_transformation_mode,
        ...(mode === 'nearest' ? { nearest_mode: pick(...nearests) } : {})
      }
      const scale = () => pick(0.5, 0.7, 1, 1.5, 2, 3, 1.25)
      if (i % 2 === 1)
        return ['Resize', [x, undefined, undefined, integers(1, x.shape[1]!, next(1, 12), next(1, 12))], attributes]
      const scales = x.shape[2]! > 1 ? [1, 1, scale(), scale()] : [1, 1, 2, 2]
      return ['Resize', [x, undefined, floats([4], scales)], attributes]
    })
  )
}

function padCases() {
  return ['constant', 'reflect', 'edge', 'wrap'].flatMap((mode) =>
    Array.from({ length: 4 }, (): readonly [string, Inputs, Attributes] => {
      const pads = Array.from({ length: 4 }, () => next(mode === 'wrap' ? 0 : -1, 3))
      return ['Pad', [random([5, 6]), integers(...pads), floats([], [9])], { mode }]
    })
  )
}

function sliceCases() {
  return Array.from({ length: 16 }, (): readonly [string, Inputs, Attributes] => [
    'Slice',
    [
      random([6, 5]),
      integers(next(-7, 7), next(-6, 6)),
      integers(next(-7, 7), next(-6, 6)),
      integers(0, -1),
      integers(pick(1, 2, -1, -2), pick(1, -1, 3))
    ],
    {}
  ])
}

const x = random([2, 3, 4])
const ids = integers(7, -7, 5, 0)
const others: readonly (readonly [string, Inputs, Attributes])[] = [
  ['Transpose', [x], { perm: [2, 0, 1] }],
  ['Expand', [random([3, 1]), integers(2, 1, 4)], {}],
  ['Tile', [x, integers(1, 2, 3)], {}],
  ['Gather', [x, integers(-1, 0, 1)], { axis: 1 }],
  ['DepthToSpace', [random([1, 8, 2, 3])], { blocksize: 2, mode: 'DCR' }],
  ['DepthToSpace', [random([1, 8, 2, 3])], { blocksize: 2, mode: 'CRD' }],
  ['SpaceToDepth', [random([1, 2, 4, 6])], { blocksize: 2 }],
  ['Reshape', [x, integers(0, -1, 2)], {}],
  ['Flatten', [x], { axis: -1 }],
  ['Squeeze', [random([1, 3, 1])], {}],
  ['Unsqueeze', [x, integers(-1, 0)], {}],
  ['Concat', [x, random([2, 1, 4])], { axis: -2 }],
  ['ReduceSum', [x, integers(0, -1)], { keepdims: 0 }],
  ['ReduceMean', [x, integers(1)], {}],
  ['ReduceMax', [x], { keepdims: 0 }],
  ['ReduceMin', [x, integers(-1)], {}],
  ['ReduceProd', [x, integers(0, 2)], {}],
  ['Add', [random([3, 1]), random([2, 1, 4])], {}],
  ['Div', [x, floats([], [3])], {}],
  ['Div', [ids, integers(2)], {}],
  ['Mod', [ids, integers(3, 3, -3, -3)], {}],
  ['Mod', [ids, integers(3, 3, -3, -3)], { fmod: 1 }],
  ['Pow', [x, integers(2)], {}],
  ['Clip', [x, floats([], [-1]), floats([], [2])], {}],
  ['Where', [bools(1, 0, 1), floats([3], [1, 2, 3]), floats([1], [7])], {}],
  ['Round', [floats([5], [0.5, 1.5, 2.5, -0.5, -1.2])], {}],
  ['Sign', [x], {}],
  ['Cast', [floats([4], [1.7, -1.7, 0, 3])], { to: 7 }],
  ['Cast', [floats([4], [0.3, -1.7, 0, 3])], { to: 9 }],
  ['LessOrEqual', [ids, integers(5)], {}],
  ['CumSum', [x, scalar(1)], { exclusive: 1 }],
  ['CumSum', [x, scalar(-1)], { reverse: 1 }],
  ['Trilu', [counting([3, 4]), scalar(1)], { upper: 0 }],
  ['Trilu', [counting([2, 4, 3]), scalar(-1)], { upper: 1 }],
  ['NonZero', [floats([2, 3], [0, 1, 0, 2, 0, 3])], {}],
  ['Range', [scalar(3), scalar(12), scalar(4)], {}],
  ['Shape', [x], { start: 1 }],
  ['Size', [x], {}]
]

describe('folding agrees with onnxruntime', () => {
  it.each(titled([...others, ...resizeCases(), ...padCases(), ...sliceCases()]))(
    '%s',
    async (_, op, inputs, attributes) => {
      await compare(op, inputs, attributes, folded(op, inputs, attributes))
    }
  )
})

/** y of one node by its tables, for the input x. */
type Run = (
  x: ArrayLike<number>,
  node: ReturnType<typeof single>['node'],
  model: StaticModel,
  w: ArrayLike<number>
) => Float64Array

const overWindows = (
  windows: Windows,
  x: ArrayLike<number>,
  start: number,
  f: (a: number, b: number) => number
): Float64Array => {
  const { planes, strideIn, strideOut, offsets, sources, weights } = windows
  return Float64Array.from({ length: planes * strideOut }, (_, i) => {
    const [p, o] = [Math.floor(i / strideOut), i % strideOut]
    let value = start
    for (let k = offsets[o]!; k < offsets[o + 1]!; k++)
      value = f(value, x[p * strideIn + sources[k]!]! * (weights?.[k] ?? 1))
    return value
  })
}
const maximum: Run = (x, node, model) => overWindows(maxWindows(node, model), x, -Infinity, Math.max)
const average: Run = (x, node, model) => overWindows(linearWindows(node, model), x, 0, (a, b) => a + b)

const convolved: Run = (x, node, model, w) => {
  const g = convGeometry(node, model)
  const transposed = node.op === 'ConvTranspose'
  const y = new Float64Array(g.channelsOut * g.positionsOut)
  const [inputs, outputs] = [g.channelsIn / g.groups, g.channelsOut / g.groups]
  for (let group = 0; group < g.groups; group++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) {
        const [ci, co] = [group * inputs + i, group * outputs + o]
        const kernel = (transposed ? ci * outputs + o : co * inputs + i) * g.taps
        for (let at = 0; at + 1 < g.offsets.length; at++)
          for (let k = g.offsets[at]!; k < g.offsets[at + 1]!; k++) {
            const [from, to] = transposed ? [at, g.position[k]!] : [g.position[k]!, at]
            y[co * g.positionsOut + to]! += x[ci * g.positionsIn + from]! * w[kernel + g.tap[k]!]!
          }
      }
  return y
}

/** Where SAME padding would be negative (a stride beyond the kernel) other runtimes disagree among themselves, except for Conv. */
function slidingAttributes(op: string, kernel: readonly number[]): Attributes {
  const auto_pad = pick('NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID')
  const strides = kernel.map((extent) => next(1, auto_pad.startsWith('SAME') && op !== 'Conv' ? extent : 3))
  if (auto_pad !== 'NOTSET') return { auto_pad, strides }
  const pads = [...kernel, ...kernel].map((extent) => next(0, extent - 1))
  const explicit = { auto_pad, strides, pads, dilations: kernel.map(() => next(1, 2)) }
  return op === 'ConvTranspose'
    ? { ...explicit, output_padding: strides.map((stride) => next(0, stride - 1)) }
    : explicit
}

function layerCase(op: string): readonly [string, Inputs, Attributes] {
  const kernel = Array.from({ length: next(1, 3) }, () => next(1, 3))
  const attributes = slidingAttributes(op, kernel)
  const groups = next(1, 2)
  const input = random([1, 2 * groups, ...kernel.map(() => next(5, 9))])
  if (op === 'Conv') return [op, [input, random([3 * groups, 2, ...kernel])], { ...attributes, group: groups }]
  if (op === 'ConvTranspose') return [op, [input, random([2 * groups, 3, ...kernel])], { ...attributes, group: groups }]
  const pooling: Record<string, Attribute> = { ...attributes, kernel_shape: kernel }
  if (attributes['auto_pad'] === 'NOTSET') pooling['ceil_mode'] = next(0, 1)
  if (op === 'AveragePool') pooling['count_include_pad'] = next(0, 1)
  return [op, [input], pooling]
}

const layerCases = ['MaxPool', 'AveragePool', 'Conv', 'ConvTranspose'].flatMap((op) =>
  Array.from({ length: 30 }, () => layerCase(op))
)

describe('tables agree with onnxruntime', () => {
  const runs: Readonly<Record<string, Run>> = {
    MaxPool: maximum,
    AveragePool: average,
    Conv: convolved,
    ConvTranspose: convolved
  }
  it.each(titled(layerCases))('%s', async (_, op, inputs, attributes) => {
    const { node, model } = single(op, inputs[0]!.shape, { constants: inputs.slice(1), attributes })
    const data = runs[op]!(inputs[0]!.data, node, model, inputs[1]?.data ?? [])
    await compare(op, inputs, attributes, { dtype: 'float32', shape: model.shapes.get('y0')!, data })
  })
})
