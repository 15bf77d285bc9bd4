import type { RuleDefinition, Rewriting } from '../rule.js'
import type { Site } from '../site.js'
import { chords } from './chord.js'
import { refusal, varying } from './dual.js'
import { extremes } from './extremes.js'
import { normalizations } from './normalizations.js'
import { products } from './products.js'
import { softmaxes } from './softmax.js'

/** Differences pass these operators as they pass the derivative. */
const linear: readonly string[] = [
  ...['Add', 'Sub', 'Sum', 'Neg', 'AveragePool', 'GlobalAveragePool', 'ReduceSum', 'ReduceMean', 'Resize'],
  ...['Concat', 'Split', 'Slice', 'Pad', 'Transpose', 'Expand', 'Tile', 'DepthToSpace', 'SpaceToDepth'],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Dropout']
]

/** Truth values, whose only derivative is none: `Where` refuses them as its condition. */
const truths: readonly string[] = [
  'Greater',
  'Less',
  'GreaterOrEqual',
  'LessOrEqual',
  'Equal',
  'And',
  'Or',
  'Xor',
  'Not',
  'IsNaN'
]

const unchanged: Rewriting = (site) => site.copy()

/** Numbers stay numbers; what was made of whole numbers or truth values has lost the differences. */
const converted: Rewriting = (site) => {
  needNumbers(site)
  return site.copy()
}

/** Rows of a table are all of one kind only where the indices are the same in both passes. */
const lookup: Rewriting = (site) => {
  if (varying(site).includes(1)) throw refusal(site, 'constant indices', 'indices that depend on the data')
  return site.copy()
}

function needNumbers(site: Site): void {
  const [from, to] = [site.original.inputs[0]!, site.original.outputs[0]!].map((name) => site.model.dtypes.get(name)!)
  if (from !== 'float32' && to === 'float32') throw refusal(site, 'numbers', `${from} that depend on the data`)
}

function each(ops: readonly string[], rewriting: Rewriting): Readonly<Record<string, Rewriting>> {
  return Object.fromEntries(ops.map((op) => [op, rewriting]))
}

/** How differences from the baseline pass every operator. */
export const differences: Readonly<Record<string, Rewriting>> = {
  ...each(linear, unchanged),
  ...each(truths, unchanged),
  ...each(['Cast', 'Identity'], converted),
  Gather: lookup,
  ...chords,
  ...extremes,
  ...normalizations,
  ...products,
  ...softmaxes
}

/**
 * DeepLIFT's rescale rule (Shrikumar, Greenside & Kundaje 2017, arXiv 1704.02685, section 3.5.2), with rules of the same kind for operators that the paper
 * does not speak of. What goes back is the multiplier m of every difference from the baseline, and sum m (x - b) = f(x) - f(b).
 */
export const rescale: RuleDefinition = {
  name: 'rescale',
  defaults: {},
  compares: true,
  rewritings: differences,
  remedy: "Choose a 'wrt' above this node, or a method that needs no rules, such as integrated-gradients."
}
