import { AgonError, type Attribute, type Constant, type DType } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  concatMap,
  convGeometry,
  foldConstants,
  gatherMap,
  linearWindows,
  matmulGeometry,
  maxWindows,
  normGeometry,
  operatorNames,
  reduceAxes,
  schemaOf,
  specialize
} from '../src/index.js'
import { floats, modelOf, node } from './models.js'
import { draws } from './random.js'

const next = draws(5)
const pick = <T>(choices: readonly T[]): T => choices[next(0, choices.length - 1)]!
const whole = () => pick([-(2 ** 63), -3, -2, -1, 0, 1, 1, 1, 2, 2, 3, 4, 100, 2 ** 31, 2 ** 53, 2 ** 63])
const shape = () => Array.from({ length: next(0, 4) }, () => next(0, 4))
const list = () => Array.from({ length: next(0, 4) }, whole)

function constant(): Constant {
  const dtype = pick<DType>(['float32', 'int64', 'int64', 'bool'])
  const extents = pick([shape(), [next(0, 4)], []])
  const values = Array.from({ length: extents.reduce((a, b) => a * b, 1) }, () => (next(0, 9) === 0 ? NaN : whole()))
  if (dtype === 'float32') return floats(extents, values)
  if (dtype === 'int64') return { dtype, shape: extents, data: Float64Array.from(values) }
  return { dtype, shape: extents, data: Uint8Array.from(values, (value) => (value > 0 ? 1 : 0)) }
}

const texts = [
  'NOTSET',
  'SAME_UPPER',
  'SAME_LOWER',
  'VALID',
  'constant',
  'reflect',
  'edge',
  'wrap',
  'linear',
  'cubic',
  'nearest',
  'floor',
  'tanh',
  'no'
]
function attribute(kind: string): Attribute {
  if (kind === 'int') return whole()
  if (kind === 'float') return pick([NaN, -1, 0, 0.5, 1e300])
  if (kind === 'string') return pick(texts)
  return kind === 'tensor' ? constant() : list()
}

/** A node with arbitrary inputs and attributes; `x` is the model's input. */
function arbitrary(op: string) {
  const { inputs, attributes } = schemaOf(op)!
  const count = next(inputs[0], Math.min(inputs[1], 5))
  const constants = Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, constant()]))
  const names = Object.keys(constants).map((name, i) =>
    i === 0 && next(0, 2) > 0 ? 'x' : next(0, 9) === 0 && i >= inputs[0] ? '' : name
  )
  const given = Object.entries(attributes).filter(([, spec]) => spec.required || next(0, 1) === 1)
  const made = Array.from({ length: next(1, 2) }, (_, i) => `y${i}`).slice(0, schemaOf(op)!.outputs[1])
  return {
    nodes: [node(op, names, made, Object.fromEntries(given.map(([name, { kind }]) => [name, attribute(kind)])))],
    constants
  }
}

const tables = [gatherMap, linearWindows, maxWindows, convGeometry, matmulGeometry, normGeometry, reduceAxes]

/** The code of what is thrown; anything but an AgonError passes through. */
function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AgonError) return error.code
    throw error
  }
  return 'fine'
}

describe('hostile nodes', () => {
  it.each(operatorNames())('%s answers or refuses, and never breaks', (op) => {
    const codes = new Set<string>()
    for (let round = 0; round < 120; round++) {
      const { nodes, constants } = arbitrary(op)
      const input = [1, ...shape()]
      const model = modelOf(nodes, { input, constants, dtype: pick<DType>(['float32', 'int64']) })
      codes.add(codeOf(() => foldConstants(model)))
      codes.add(
        codeOf(() => {
          const fixed = specialize(model, input)
          const [only] = fixed.nodes
          if (only?.op === 'Concat') concatMap(only, fixed, 0)
          for (const table of tables) if (isMade(table, op)) table(only!, fixed)
        })
      )
    }
    codes.delete('fine')
    for (const code of codes) expect(['AGON_BAD_MODEL', 'AGON_UNSUPPORTED_OPERATOR', 'AGON_BAD_INPUT']).toContain(code)
  })
})

/** Which table an operator has; others are a defect of the caller. */
function isMade(table: unknown, op: string): boolean {
  const has: ReadonlyMap<unknown, string> = new Map<unknown, string>([
    [convGeometry, 'Conv ConvTranspose'],
    [matmulGeometry, 'MatMul Gemm'],
    [normGeometry, 'Softmax LayerNormalization GroupNormalization InstanceNormalization LRN'],
    [maxWindows, 'MaxPool GlobalMaxPool ReduceMax'],
    [linearWindows, 'AveragePool GlobalAveragePool ReduceMean ReduceSum'],
    [gatherMap, 'Transpose Slice Split Expand Tile Pad DepthToSpace SpaceToDepth'],
    [reduceAxes, 'ReduceMin']
  ])
  return has.get(table)!.split(' ').includes(op)
}
