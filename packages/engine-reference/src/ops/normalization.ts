import { sizeOf } from '@agon/core'
import { broadcastMap, normGeometry, numberAttribute } from '@agon/graph'
import { addAt } from './add-at.js'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'
import { standardize, standardizeVjp } from './standardize.js'

/** x is [groups, extent]; after each group is standardized, element e gets scale[scaleAt[e]] and shift[shiftAt[e]]. */
interface Layout {
  readonly extent: number
  readonly scaleAt: Int32Array
  readonly shiftAt: Int32Array
}

/**
 * y = x^ scale + shift, x^ = (x - mean) / sqrt(variance + epsilon) over each group. d scale = sum of dy x^, d shift = sum of
 * dy, and dx is the derivative of the standardization applied to dy scale.
 */
function normalization(layoutOf: (context: NodeContext) => Layout): Operator {
  return {
    forward: ([x, scale, shift], context) => {
      const { extent, scaleAt, shiftAt } = context.table('layout', () => layoutOf(context))
      const standard = standardize(x!, extent, numberAttribute(context.node, 'epsilon'))
      return [standard.map((value, e) => value * (scale?.[scaleAt[e]!] ?? 1) + (shift?.[shiftAt[e]!] ?? 0))]
    },
    vjp: ([x, scale, shift], _, [dy], context) => {
      const { extent, scaleAt, shiftAt } = context.table('layout', () => layoutOf(context))
      const epsilon = numberAttribute(context.node, 'epsilon')
      const standard = standardize(x!, extent, epsilon)
      return [
        standardizeVjp(
          x!,
          dy!.map((cotangent, e) => cotangent * (scale?.[scaleAt[e]!] ?? 1)),
          extent,
          epsilon
        ),
        context.wanted(1)
          ? addAt(
              scaleAt,
              dy!.map((cotangent, e) => cotangent * standard[e]!),
              scale!.length
            )
          : undefined,
        context.wanted(2) ? addAt(shiftAt, dy!, shift!.length) : undefined
      ]
    }
  }
}

/** LayerNormalization: scale and shift broadcast to the input. */
function broadcastParameters(context: NodeContext): Layout {
  const [x, scale, shift] = context.node.inputs
  const shape = context.shape(x!)
  const elements = (value: string | undefined): Int32Array =>
    broadcastMap(context.shape(value ?? ''), shape) ?? Int32Array.from({ length: sizeOf(shape) }, (_, e) => e)
  return { extent: extentOf(context), scaleAt: elements(scale), shiftAt: elements(shift) }
}

/** InstanceNormalization and GroupNormalization: scale and shift are per channel. */
function channelParameters(context: NodeContext): Layout {
  const channel = channelOf(context)
  const channels = Int32Array.from({ length: sizeOf(context.shape(context.node.inputs[0]!)) }, (_, e) => channel(e))
  return { extent: extentOf(context), scaleAt: channels, shiftAt: channels }
}

function extentOf({ node, model }: NodeContext): number {
  return normGeometry(node, model).extent
}

/** y = (x - mean) scale / sqrt(variance + epsilon) + shift, all four given per channel. */
const batchNormalization: Operator = {
  forward: ([x, scale, shift, mean, variance], context) => {
    const c = channelOf(context)
    const root = rootOf(variance!, context)
    return [x!.map((value, e) => ((value - mean![c(e)]!) * scale![c(e)]!) / root[c(e)]! + shift![c(e)]!)]
  },
  vjp: ([x, scale, , mean, variance], _, [dy], context) => {
    const c = channelOf(context)
    const root = rootOf(variance!, context)
    const perChannel = (input: number, slope: (e: number, channel: number) => number): Values | undefined => {
      if (!context.wanted(input)) return undefined
      const channels = x!.map((_, e) => c(e))
      return addAt(
        channels,
        dy!.map((cotangent, e) => cotangent * slope(e, c(e))),
        root.length
      )
    }
    return [
      dy!.map((cotangent, e) => (cotangent * scale![c(e)]!) / root[c(e)]!),
      perChannel(1, (e, k) => (x![e]! - mean![k]!) / root[k]!),
      perChannel(2, () => 1),
      perChannel(3, (_, k) => -scale![k]! / root[k]!),
      perChannel(4, (e, k) => ((x![e]! - mean![k]!) * scale![k]!) / (-2 * root[k]! ** 3))
    ]
  }
}

function rootOf(variance: Values, { node }: NodeContext): Values {
  const epsilon = numberAttribute(node, 'epsilon')
  return variance.map((value) => Math.sqrt(value + epsilon))
}

function channelOf(context: NodeContext): (e: number) => number {
  const [, channels, ...rest] = context.shape(context.node.inputs[0]!)
  const positions = sizeOf(rest)
  return (e) => Math.floor(e / positions) % channels!
}

export const normalizations: OperatorTable = {
  BatchNormalization: batchNormalization,
  LayerNormalization: normalization(broadcastParameters),
  InstanceNormalization: normalization(channelParameters),
  GroupNormalization: normalization(channelParameters)
}
