import { AgonError } from '@agon/core'
import { numberAttribute } from '../../node-attributes.js'
import { nodeTitle } from '../../errors.js'
import type { Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { nonZero, shared } from './denominators.js'

/** The true derivative: relevance goes where the value comes from, winners take all of it. */
const route: Rewriting = (site) => site.copy()

/** y = f(x): y keeps the relevance that x gets, R_x = R_y, by x Detach(y / x). Where x is exactly 0 it ends. */
const pass: Rewriting = (site) => {
  const y = site.copy()[0]!
  const x = site.node.inputs[0]!
  const [over, under] = [site.add('Detach', [y]), nonZero(site, site.add('Detach', [x]))]
  return [site.add('Through', [y, site.add('Mul', [x, site.add('Div', [over, under])])])]
}

/** Nothing goes back; what the value weighs is treated as constant. */
const detach: Rewriting = (site) => [site.add('Detach', [site.copy()[0]!])]

/**
 * A product of two values that depend on the input: half to each; all to one where the other is detached (attention weights), and, with a stabiliser, in
 * the proportion of the contributions.
 */
export function product(site: Site, epsilon: number): readonly string[] {
  const y = site.copy()[0]!
  const live = [0, 1].filter((input) => site.isLive(input))
  if (live.length === 2) return [site.add('Through', [y, site.add('Mul', [y, site.floats([], [0.5])])])]
  return epsilon === 0 ? [y] : [site.add('Through', [y, shared(site, y, y, y, epsilon)])]
}

/** y = a / b with b detached: divisors that depend on the input are statistics. */
export function quotient(site: Site): readonly string[] {
  const [a, b] = site.node.inputs
  return site.copy([a!, site.add('Detach', [b!])])
}

/** y = (x - mean) / Detach(deviation) scale + shift over the last axes, a channel's elements, or those of a group of channels; the shift is absorbed. */
const normalization: Rewriting = (site) => {
  const y = site.copy()[0]!
  const [x, scale, shift] = site.node.inputs
  const shape = site.shapeOf(0)
  const group = site.node.op === 'GroupNormalization' ? numberAttribute(site.node, 'num_groups') : undefined
  const first = site.node.op === 'LayerNormalization' ? numberAttribute(site.node, 'axis') : 2
  const axes = shape.map((_, axis) => axis).slice(first < 0 ? first + shape.length : first)
  const flat = group === undefined ? x! : site.add('Reshape', [x!, site.integers([3], [shape[0]!, group, -1])])
  const reduced = group === undefined ? axes : [2]
  const mean = (of: string) => site.add('ReduceMean', [of, site.integers([reduced.length], reduced)], { keepdims: 1 })
  const centred = site.add('Sub', [flat, mean(flat)])
  const variance = mean(site.add('Mul', [centred, centred]))
  const epsilon = site.floats([], [numberAttribute(site.node, 'epsilon')])
  const deviation = site.add('Sqrt', [site.add('Add', [site.add('Detach', [variance]), epsilon])])
  const divided = site.add('Div', [centred, deviation])
  const normal = group === undefined ? divided : site.add('Reshape', [divided, site.integers([shape.length], shape)])
  const parameter = (name: string): string => {
    const count = site.model.shapes.get(name)!
    if (site.node.op === 'LayerNormalization') return name
    return site.add('Reshape', [name, site.integers([shape.length - 1], [count[0]!, ...shape.slice(2).map(() => 1)])])
  }
  const weighed = scale ? site.add('Mul', [normal, parameter(scale)]) : normal
  const path = shift ? site.add('Add', [weighed, parameter(shift)]) : weighed
  return [site.add('Through', [y, path])]
}

/** Refuses an operator, saying why and what would do. */
function refuse(why: string, remedy: string): Rewriting {
  return (site) => {
    throw new AgonError('AGON_NO_RULE', {
      what: `backward rule of ${nodeTitle(site.original)}`,
      expected: 'an operator through which relevance can be shared out',
      found: why,
      remedy
    })
  }
}

const attention: Rewriting = (site, options) => {
  const isHead = !site.model.nodes.some(({ inputs }) => inputs.includes(site.original.outputs[0]!))
  return isHead ? probabilities(site, options) : detach(site, options)
}

const probabilities = refuse(
  'probabilities at the end',
  'Cut the softmax off: relevance is that of logits (cutProbabilityHead).'
)

function named(rewriting: Rewriting, ...ops: readonly string[]): Readonly<Record<string, Rewriting>> {
  return Object.fromEntries(ops.map((op) => [op, rewriting]))
}

const moves =
  'Reshape Flatten Squeeze Unsqueeze Identity Dropout Cast Transpose Slice Split Expand Tile Pad DepthToSpace SpaceToDepth Concat Gather Resize'
const winners = 'MaxPool GlobalMaxPool ReduceMax ReduceMin Max Min Where LogSumExpPool GlobalLogSumExpPool'
const linearPieces = 'Relu LeakyRelu PRelu ThresholdedRelu Abs Neg'
const steps = 'Greater Less GreaterOrEqual LessOrEqual Equal And Or Xor Not Sign Floor Ceil Round'
const curves =
  'Clip Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Erf Mish Exp Log Sqrt Reciprocal Sin Cos LRN Softclip'

/** What every rule of LRP does at operators that are no linear layers. */
export const otherOperators: Readonly<Record<string, Rewriting>> = {
  ...named(route, ...`${moves} ${winners} ${linearPieces} ${steps} Detach Through Rectify`.split(' ')),
  ...named(pass, ...curves.split(' ')),
  ...named(normalization, 'LayerNormalization', 'InstanceNormalization', 'GroupNormalization'),
  Softmax: attention,
  LogSoftmax: refuse('log-probabilities', 'Cut them off: relevance is that of logits (cutProbabilityHead).'),
  Pow: (site, options) =>
    site.constantOf(1)
      ? pass(site, options)
      : refuse('an exponent that depends on the input', 'Give this node another rule: byNode with pass or vjp.')(
          site,
          options
        )
}
