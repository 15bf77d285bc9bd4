import type { ValueName } from '@agon/core'
import { numberAttribute } from '../../node-attributes.js'
import type { RuleDefinition, Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { chord, curves, functionAt, onlyInput } from './chord.js'
import { dualInput, scalar, varying } from './dual.js'
import { pairOf, setPair, setScaledPair, setWeightedPair, type Pair } from './pairs.js'
import { rescale } from './rescale.js'

/** The rewriting of the rescale rule, after something is said about the pair of the node's output. */
function also(op: string, say: (site: Site) => void): Readonly<Record<string, Rewriting>> {
  return {
    [op]: (site, options) => {
      const outputs = rescale.rewritings[op]!(site, options)
      say(site)
      return outputs
    }
  }
}

const weighted = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul']

/** Each part passes on its own: sums with weights that are not negative, and rearrangements. */
const partwise = [
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Dropout', 'Identity', 'Transpose', 'Slice', 'Expand', 'Tile'],
  ...['DepthToSpace', 'SpaceToDepth', 'AveragePool', 'GlobalAveragePool', 'ReduceMean', 'ReduceSum']
]

function setPartwise(site: Site): void {
  const rest = site.node.inputs.slice(1)
  setPair(site, () => {
    const { plus, minus } = pairOf(site, 0)
    return { plus: site.copy([plus, ...rest])[0]!, minus: site.copy([minus, ...rest])[0]! }
  })
}

/** Of a sum, and of a difference, whose second part counts on the other side. */
function setSum(site: Site): void {
  const { add, node } = site
  setPair(site, () => {
    const pairs = varying(site).map((input): Pair => {
      const { plus, minus } = pairOf(site, input)
      const isNegative = node.op === 'Neg' || (node.op === 'Sub' && input === 1)
      return isNegative ? { plus: add('Neg', [minus]), minus: add('Neg', [plus]) } : { plus, minus }
    })
    const sum = (part: keyof Pair): ValueName => pairs.map((pair) => pair[part]).reduce((a, b) => add('Add', [a, b]))
    return { plus: widened(site, sum('plus')), minus: widened(site, sum('minus')) }
  })
}

/** A part in the shape of the node's output, which a constant may have widened. */
function widened(site: Site, part: ValueName): ValueName {
  const shape = site.outputShape()
  const isNarrow = varying(site).every((input) => site.shapeOf(input).join() !== shape.join())
  return isNarrow ? site.add('Expand', [part, site.integers([shape.length], shape)]) : part
}

/** Of a value times a constant, or divided by one. */
function setScaled(site: Site): void {
  const [input, ...more] = varying(site)
  if (input === undefined || more.length > 0 || (site.node.op === 'Div' && input === 1)) return
  const { shape, data } = site.constantOf(1 - input)!
  setScaledPair(site, input, { shape, data: Float32Array.from(data, (k) => (site.node.op === 'Div' ? 1 / k : k)) })
}

/** scale / sqrt(variance + epsilon), one number per channel. */
function setNormalized(site: Site): void {
  const [scale, variance] = [site.constantOf(1), site.constantOf(4)]
  if (!scale || !variance) return
  const epsilon = numberAttribute(site.node, 'epsilon')
  const data = Float32Array.from(scale.data, (s, c) => s / Math.sqrt(variance.data[c]! + epsilon))
  setScaledPair(site, 0, {
    shape: [
      data.length,
      ...site
        .shapeOf(0)
        .slice(2)
        .map(() => 1)
    ],
    data
  })
}

/** Exp, Log and Pow need not be finite where neither pass has been, and follow the rescale rule. */
const everywhere = Object.keys(curves).filter((op) => !['Exp', 'Log', 'Pow'].includes(op))

/**
 * The parts p and n of x - b pass a curve f in both orders, p first and n first:
 *
 *     plus  = (f(b + p) - f(b)) / 2 + (f(x) - f(b + n)) / 2
 *     minus = (f(b + n) - f(b)) / 2 + (f(x) - f(b + p)) / 2
 *
 * and multipliers are plus / p and minus / n: half the slopes of the two chords. See `chord` for where p or n is small.
 */
const curve: Rewriting = (site) => {
  const { add, node } = site
  const at = onlyInput(site)
  const { x, b } = dualInput(site, at)
  const y = { x: site.copy()[0]!, b: site.baselineOutput() }
  const f = (value: ValueName): ValueName => functionAt(site, at, value)
  const [half, pair] = [scalar(site, 0.5), pairOf(site, at)]
  const along = (part: ValueName, other: ValueName): ValueName => {
    const [first, start] = [add('Add', [b, part]), add('Add', [b, other])]
    const [yFirst, yStart] = [f(first), f(start)]
    const slope = (from: ValueName, to: ValueName, yFrom: ValueName, yTo: ValueName): ValueName =>
      chord(site, { x: add('Through', [to, part]), b: from }, { x: yTo, b: yFrom }, curves[node.op]!, f)
    const value = add('Add', [add('Sub', [yFirst, y.b]), add('Sub', [y.x, yStart])])
    const path = add('Add', [slope(b, first, y.b, yFirst), slope(start, x, yStart, y.x)])
    return add('Mul', [add('Through', [value, path]), half])
  }
  const parts: Pair = { plus: along(pair.plus, pair.minus), minus: along(pair.minus, pair.plus) }
  setPair(site, () => parts)
  return [add('Through', [y.x, add('Add', [parts.plus, parts.minus])])]
}

/**
 * DeepLIFT's reveal-cancel rule (Shrikumar, Greenside & Kundaje 2017, arXiv 1704.02685, sections 3.5.1 and 3.5.3): positive and negative contributions to a
 * weighted sum are kept apart up to the next function, and rise or fall one after the other in both orders. Everything else follows the rescale rule.
 */
export const revealCancel: RuleDefinition = {
  ...rescale,
  name: 'reveal-cancel',
  rewritings: {
    ...rescale.rewritings,
    ...weighted.reduce((all, op) => ({ ...all, ...also(op, setWeightedPair) }), {}),
    ...partwise.reduce((all, op) => ({ ...all, ...also(op, setPartwise) }), {}),
    ...['Add', 'Sub', 'Sum', 'Neg'].reduce((all, op) => ({ ...all, ...also(op, setSum) }), {}),
    ...also('Mul', setScaled),
    ...also('Div', setScaled),
    ...also('BatchNormalization', setNormalized),
    ...Object.fromEntries(everywhere.map((op) => [op, curve]))
  }
}
