import { sizeOf, type Node } from '@agon/core'
import { functions, type BinaryFunction } from '../functions.js'
import type { Builder, Lower, LowerTable } from './builder.js'
import { readMap } from './maps.js'
import { emitUnary } from './unary.js'

/** A value with its shape. */
interface Shaped {
  readonly id: number
  readonly shape: readonly number[]
}

function emitBinary(to: Builder, name: BinaryFunction, a: Shaped, b: Shaped, y: Shaped): void {
  const tables = [readMap(a.shape, y.shape), readMap(b.shape, y.shape)]
  to.emit('Binary', [a.id, b.id], y.id, { ints: [functions.indexOf(name)], tables })
}

function inputsOf(node: Node, to: Builder): Shaped[] {
  return node.inputs.map((name) => ({ id: to.id(name), shape: to.shape(name) }))
}

function outputOf(node: Node, to: Builder): Shaped {
  return { id: to.id(node.outputs[0]!), shape: to.shape(node.outputs[0]!) }
}

function binary(name: BinaryFunction): Lower {
  return (node, to) => {
    const [a, b] = inputsOf(node, to)
    emitBinary(to, name, a!, b!, outputOf(node, to))
  }
}

/** Division of whole numbers truncates. */
const div: Lower = (node, to) => {
  const [a, b] = inputsOf(node, to)
  const y = outputOf(node, to)
  if (to.model.dtypes.get(node.outputs[0]!) !== 'int64') return emitBinary(to, 'Div', a!, b!, y)
  const quotient = { ...y, id: to.temporary(sizeOf(y.shape)) }
  emitBinary(to, 'Div', a!, b!, quotient)
  emitUnary(to, 'Truncate', quotient.id, y.id)
}

/** ((x0 + x1) + x2) + ... by way of temporary values. */
const sum: Lower = (node, to) => {
  const inputs = inputsOf(node, to)
  const y = outputOf(node, to)
  if (inputs.length === 1) return to.emit('Alias', [inputs[0]!.id], y.id)
  inputs.reduce((total, x, j) => {
    const into = j === inputs.length - 1 ? y : { ...y, id: to.temporary(sizeOf(y.shape)) }
    emitBinary(to, 'Add', total, x, into)
    return into
  })
}

/** Two inputs share evenly at a tie by themselves; more go side by side into windows, whose extreme is shared evenly among all. */
function extreme(name: 'Min' | 'Max'): Lower {
  return (node, to) => {
    const inputs = inputsOf(node, to)
    const y = outputOf(node, to)
    if (inputs.length === 1) return to.emit('Alias', [inputs[0]!.id], y.id)
    if (inputs.length === 2) return emitBinary(to, name, inputs[0]!, inputs[1]!, y)
    emitExtremeOfMany(inputs, y, name === 'Min' ? 1 : 0, to)
  }
}

function emitExtremeOfMany(inputs: readonly Shaped[], y: Shaped, minimum: 0 | 1, to: Builder): void {
  const [count, size] = [inputs.length, sizeOf(y.shape)]
  const sideBySide = to.temporary(count * size)
  const spread = inputs.map(({ id, shape }) => {
    const map = readMap(shape, y.shape)
    if (map.length === 0) return id
    const copy = to.temporary(size)
    to.emit('Gather', [id], copy, { numbers: [0], tables: [map] })
    return copy
  })
  const place = (j: number) => Int32Array.from({ length: size }, (_, e) => e * count + j)
  to.emit('Concat', spread, sideBySide, { tables: inputs.map((_, j) => place(j)) })
  const offsets = Int32Array.of(0, count)
  const sources = Int32Array.from({ length: count }, (_, j) => j)
  to.emit('MaxShare', [sideBySide], y.id, { ints: [size, count, 1, minimum], tables: [offsets, sources] })
}

const where: Lower = (node, to) => {
  const y = outputOf(node, to)
  const inputs = inputsOf(node, to)
  const tables = inputs.map(({ shape }) => readMap(shape, y.shape))
  to.emit(
    'Select',
    inputs.map(({ id }) => id),
    y.id,
    { tables }
  )
}

/** Arithmetic, comparisons and selection of broadcasting inputs. */
export const arithmetic: LowerTable = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: div,
  Pow: binary('Pow'),
  PRelu: binary('PRelu'),
  Greater: binary('Greater'),
  Less: binary('Less'),
  GreaterOrEqual: binary('GreaterOrEqual'),
  LessOrEqual: binary('LessOrEqual'),
  Equal: binary('Equal'),
  And: binary('And'),
  Or: binary('Or'),
  Xor: binary('Xor'),
  Sum: sum,
  Min: extreme('Min'),
  Max: extreme('Max'),
  Where: where
}
