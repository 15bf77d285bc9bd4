import { sizeOf } from '@agon/core'
import { numberOf, optionalNumbers } from '../attributes.js'
import { normalAxes } from '../axes.js'
import { badNode, unsupportedNode } from '../errors.js'
import type { Operands } from '../facts.js'
import { input } from '../operands.js'
import type { Expand, Steps } from './expand.js'
import { reducedAxes } from '../shape/reduction.js'

/** Inputs of a Reduce node and whether it keeps the reduced axes. */
function reduceParts(operands: Operands, { constant }: Steps) {
  const axes = reducedAxes(operands)
  const attributes = { keepdims: numberOf(operands, 'keepdims'), noop_with_empty_axes: 1 }
  return { x: input(operands, 0).name, axes: constant('int64', [axes.length], axes), count: axes.length, attributes }
}

/** sum |x| */
export const expandL1: Expand = (operands, steps) => {
  const { x, axes, attributes } = reduceParts(operands, steps)
  steps.add('ReduceSum', [steps.add('Abs', [x]), axes], attributes)
}

/** sum x^2 */
export const expandSumSquare: Expand = (operands, steps) => {
  const { x, axes, attributes } = reduceParts(operands, steps)
  steps.add('ReduceSum', [steps.add('Mul', [x, x]), axes], attributes)
}

/** sqrt(sum x^2) */
export const expandL2: Expand = (operands, steps) => {
  const { x, axes, attributes } = reduceParts(operands, steps)
  steps.add('Sqrt', [steps.add('ReduceSum', [steps.add('Mul', [x, x]), axes], attributes)])
}

/** log(sum x) */
export const expandLogSum: Expand = (operands, steps) => {
  const { x, axes, attributes } = reduceParts(operands, steps)
  steps.add('Log', [steps.add('ReduceSum', [x, axes], attributes)])
}

/** m + log(sum exp(x - m)) with m = max x, so that nothing overflows. */
export const expandLogSumExp: Expand = (operands, steps) => {
  const { x, axes, attributes } = reduceParts(operands, steps)
  const most = steps.add('ReduceMax', [x, axes], { ...attributes, keepdims: 1 })
  const powers = steps.add('Exp', [steps.add('Sub', [x, most])])
  const log = steps.add('Log', [steps.add('ReduceSum', [powers, axes], attributes)])
  steps.add('Add', [log, attributes.keepdims ? most : steps.add('Squeeze', [most, axes])])
}

/** Products longer than this are refused: each factor becomes a node. */
const maxFactors = 64

/** prod x, one factor after the other, axis by axis. */
export const expandProd: Expand = (operands, steps) => {
  const { shape, name } = input(operands, 0)
  const reduced = reducedAxes(operands)
  const { axes, attributes } = reduceParts(operands, steps)
  let product = name
  for (const axis of reduced) {
    const factors = needFew(operands, shape[axis]!)
    if (factors > 1) product = steps.split(product, axis, factors).reduce((a, b) => steps.add('Mul', [a, b]))
  }
  if (attributes.keepdims || reduced.length === 0) steps.add('Identity', [product])
  else steps.add('Squeeze', [product, axes])
}

function needFew(operands: Operands, factors: number): number {
  if (factors >= 1 && factors <= maxFactors) return factors
  throw unsupportedNode(operands.node, 'product', {
    expected: `1 to ${maxFactors} factors per axis`,
    found: `${factors}`
  })
}

/** (a + b + ...) / count */
export const expandMean: Expand = (operands, { add, constant }) => {
  const names = operands.inputs.map((operand) => operand!.name)
  add('Div', [add('Sum', names), constant('float32', [], [names.length])])
}

/** (x - mean) / (deviation + 1e-9), over the stated axes, as ONNX defines it. */
export const expandMeanVariance: Expand = (operands, { add, constant }) => {
  const { name, shape } = input(operands, 0)
  const given = normalAxes(operands, optionalNumbers(operands, 'axes')!, shape.length)
  const axes = constant('int64', [given.length], given)
  const centred = add('Sub', [name, add('ReduceMean', [name, axes])])
  const deviation = add('Sqrt', [add('ReduceMean', [add('Mul', [centred, centred]), axes])])
  add('Div', [centred, add('Add', [deviation, constant('float32', [], [1e-9])])])
}

/** (sum over the window of |x|^p)^(1/p): an average with the padding counted, times the number of taps. */
export const expandLpPool: Expand = (operands, { add, constant }) => {
  const p = numberOf(operands, 'p')
  if (numberOf(operands, 'ceil_mode') !== 0) {
    throw unsupportedNode(operands.node, "attribute 'ceil_mode'", { expected: '0', found: '1' })
  }
  if (!(p >= 1)) throw badNode(operands.node, "attribute 'p'", { expected: '1 or more', found: `${p}` })
  const { name } = input(operands, 0)
  const scalar = (value: number) => constant('float32', [], [value])
  const powers = p === 2 ? add('Mul', [name, name]) : add('Pow', [add('Abs', [name]), scalar(p)])
  const sliding = Object.fromEntries(Object.entries(operands.node.attributes).filter(([key]) => key !== 'p'))
  const taps = sizeOf(optionalNumbers(operands, 'kernel_shape')!)
  const sum = add('Mul', [add('AveragePool', [powers], { ...sliding, count_include_pad: 1 }), scalar(taps)])
  if (p === 2) add('Sqrt', [sum])
  else add('Pow', [sum, scalar(1 / p)])
}
