import { numberOf, optionalNumbers } from '../attributes.js'
import { badNode, formatShapes } from '../errors.js'
import type { Infer, Operands, Shape } from '../facts.js'
import { slides, transposedSlides, type Slide } from './slides.js'
import { input } from '../operands.js'
import { needRank } from './elementwise.js'

/** Channels and slides of a convolution, from its operands alone. */
export interface ConvFacts {
  readonly groups: number
  readonly channelsIn: number
  readonly channelsOut: number
  readonly kernel: Shape
  /** For ConvTranspose those of the transposed convolution: `in` is its output. */
  readonly slides: readonly Slide[]
}

/** Conv: x [N, C, ...], w [M, C/groups, ...kernel]. */
export function convFacts(operands: Operands): ConvFacts {
  const { x, w, kernel, groups } = convOperands(operands)
  const [channelsIn, channelsOut] = [x[1]!, w[0]!]
  if (w[1]! * groups !== channelsIn || channelsOut % groups !== 0) {
    throw wrongWeights(operands, `[M*${groups},${channelsIn / groups},...]`, w)
  }
  return { groups, channelsIn, channelsOut, kernel, slides: slides(operands, x.slice(2), kernel) }
}

/** ConvTranspose: x [N, C, ...], w [C, M/groups, ...kernel]. */
export function convTransposeFacts(operands: Operands): ConvFacts {
  const { x, w, kernel, groups } = convOperands(operands)
  const [channelsIn, channelsOut] = [x[1]!, w[1]! * groups]
  if (w[0] !== channelsIn || channelsIn % groups !== 0) throw wrongWeights(operands, `[${channelsIn},...]`, w)
  return { groups, channelsIn, channelsOut, kernel, slides: transposedSlides(operands, x.slice(2), kernel) }
}

export const inferConv: Infer = (operands) => {
  const facts = convFacts(operands)
  return outputOf(
    operands,
    facts,
    facts.slides.map(({ out }) => out)
  )
}

export const inferConvTranspose: Infer = (operands) => {
  const facts = convTransposeFacts(operands)
  return outputOf(
    operands,
    facts,
    facts.slides.map((slide) => slide.in)
  )
}

function outputOf(operands: Operands, { channelsOut }: ConvFacts, spatial: Shape): ReturnType<Infer> {
  const x = input(operands, 0)
  const bias = operands.inputs[2]?.shape
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== channelsOut)) {
    throw badNode(operands.node, 'bias', { expected: `[${channelsOut}]`, found: formatShapes([bias]) })
  }
  return [{ shape: [x.shape[0]!, channelsOut, ...spatial], dtype: x.dtype }]
}

function convOperands(operands: Operands) {
  needRank(operands, 0, 3)
  const [x, w] = [input(operands, 0).shape, input(operands, 1).shape]
  const groups = numberOf(operands, 'group')
  const kernel = w.slice(2)
  const stated = optionalNumbers(operands, 'kernel_shape')
  const agrees = stated === undefined || stated.join() === kernel.join()
  if (w.length !== x.length || !agrees || kernel.some((extent) => extent < 1)) {
    throw wrongWeights(operands, `rank ${x.length}${stated ? ` and kernel [${stated.join(',')}]` : ''}`, w)
  }
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw badNode(operands.node, "attribute 'group'", { expected: 'a whole number >= 1', found: `${groups}` })
  }
  return { x, w, kernel, groups }
}

function wrongWeights(operands: Operands, expected: string, w: Shape): Error {
  const x = formatShapes([input(operands, 0).shape])
  return badNode(operands.node, `weights for input ${x}`, { expected, found: formatShapes([w]) })
}
