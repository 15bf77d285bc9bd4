import { numberOf } from '../attributes.js'
import { normalAxis } from '../axes.js'
import { badNode, formatShapes, unsupportedNode } from '../errors.js'
import type { Infer, Operands, Shape } from '../facts.js'
import { input } from '../operands.js'
import { broadcastShape } from './broadcast.js'
import { needRank } from './elementwise.js'

/** BatchNormalization with stored statistics: scale, bias, mean and variance per channel. */
export const inferBatchNormalization: Infer = (operands) => {
  needRank(operands, 0, 2)
  const { shape, dtype } = input(operands, 0)
  if (numberOf(operands, 'training_mode') !== 0) {
    throw unsupportedNode(operands.node, "attribute 'training_mode'", {
      expected: '0',
      found: '1',
      remedy: 'Export the model in evaluation mode.'
    })
  }
  for (const i of [1, 2, 3, 4]) needVector(operands, i, shape[1]!)
  return [{ shape, dtype }]
}

/** InstanceNormalization and GroupNormalization: scale and bias per channel. */
export const inferChannelNormalization: Infer = (operands) => {
  needRank(operands, 0, 3)
  const { shape, dtype } = input(operands, 0)
  for (const i of [1, 2]) needVector(operands, i, shape[1]!)
  if (operands.node.op === 'GroupNormalization') {
    const groups = numberOf(operands, 'num_groups')
    if (!Number.isSafeInteger(groups) || groups < 1 || shape[1]! % groups !== 0) {
      throw badNode(operands.node, "attribute 'num_groups'", {
        expected: `a divisor of ${shape[1]}`,
        found: `${groups}`
      })
    }
  }
  return [{ shape, dtype }]
}

/** LayerNormalization over the axes from `axis` on; further outputs are mean and inverse deviation. */
export const inferLayerNormalization: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const axis = normalAxis(operands, numberOf(operands, 'axis'), shape.length)
  const normalized = shape.slice(axis)
  for (const i of [1, 2]) {
    const parameter = operands.inputs[i]?.shape
    if (parameter !== undefined && broadcastShape(operands, [shape, parameter]).join() !== shape.join()) {
      throw badNode(operands.node, `input ${i}`, {
        expected: formatShapes([normalized]),
        found: formatShapes([parameter])
      })
    }
  }
  const reduced: Shape = shape.map((extent, at) => (at < axis ? extent : 1))
  return [
    { shape, dtype },
    { shape: reduced, dtype },
    { shape: reduced, dtype }
  ]
}

/** Softmax and LogSoftmax along one axis. */
export const inferSoftmax: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  normalAxis(operands, numberOf(operands, 'axis'), shape.length)
  return [{ shape, dtype }]
}

export const inferLrn: Infer = (operands) => {
  needRank(operands, 0, 3)
  const { shape, dtype } = input(operands, 0)
  const size = numberOf(operands, 'size')
  if (Number.isSafeInteger(size) && size >= 1) return [{ shape, dtype }]
  throw badNode(operands.node, "attribute 'size'", { expected: 'a whole number >= 1', found: `${size}` })
}

function needVector(operands: Operands, i: number, length: number): void {
  const { shape } = input(operands, i)
  if (shape.length === 1 && shape[0] === length) return
  throw badNode(operands.node, `input ${i}`, { expected: `[${length}]`, found: formatShapes([shape]) })
}
