import { AgonError, type Model } from '@agon/core'
import type { RawNode } from './raw-node.js'
import type { Refusal } from './upgrade/site.js'

/** A node that cannot be run, and why. */
export interface Refused extends Refusal {
  readonly node: Pick<RawNode, 'name' | 'op'>
}

const controlFlow = 'Export without control flow: trace the model with fixed shapes, or simplify the file with onnxsim.'
const recurrent = 'Recurrent layers are not supported: use a convolutional or attention model.'
const exportFloat = 'Quantised models are not run: export the float model, before quantisation.'
const fused = 'Operators of a runtime: use the model as it was exported, before it was optimised for that runtime.'
const decision = 'It makes decisions, not scores: choose an output before it with the option `output`.'
const generic = 'Replace it by supported operators, or choose an output before it with the option `output`.'

const remedies: Readonly<Record<string, string>> = {
  ...same(['If', 'Loop', 'Scan', 'SequenceMap'], controlFlow),
  ...same(['LSTM', 'GRU', 'RNN'], recurrent),
  ...same(['QuantizeLinear', 'DynamicQuantizeLinear', 'QLinearConv', 'QLinearMatMul'], exportFloat),
  ...same(['ConvInteger', 'MatMulInteger'], exportFloat),
  ...same(['ArgMax', 'ArgMin', 'TopK', 'NonMaxSuppression', 'Hardmax', 'Multinomial'], decision)
}

function same(ops: readonly string[], remedy: string): Record<string, string> {
  return Object.fromEntries(ops.map((op) => [op, remedy]))
}

/** The refusal of an operator that nothing here knows. */
export function unknownOperator(node: RawNode): Refused {
  if (node.domain === '') {
    return { node, refused: '', remedy: Object.hasOwn(remedies, node.op) ? remedies[node.op]! : generic }
  }
  return {
    node,
    refused: `of domain '${node.domain}'`,
    remedy: node.domain.startsWith('com.microsoft') ? fused : generic
  }
}

export function controlFlowNode(node: RawNode): Refused {
  return { node, refused: 'holds a graph of its own', remedy: controlFlow }
}

const mostListed = 200

/** One AGON_UNSUPPORTED_OPERATOR that lists every refused node, its operator, and what to do. */
export function refusalOf(model: string, refused: readonly Refused[]): AgonError {
  const listed = refused.slice(0, mostListed).map(({ node, refused: reason }) => {
    return `${node.op} node '${node.name}'${reason && ` (${reason})`}`
  })
  const more = refused.length > mostListed ? ` and ${refused.length - mostListed} more` : ''
  return new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `model '${model}'`,
    expected: 'operators that can be run',
    found: listed.join(', ') + more,
    remedy: [...new Set(refused.map(({ remedy }) => remedy))].join(' ')
  })
}

/** DequantizeLinear of constants is folded; what is left works on activations. Throws AGON_UNSUPPORTED_OPERATOR for these. */
export function refuseQuantized(model: Model): void {
  const left = model.nodes.filter(({ op }) => op === 'DequantizeLinear')
  const refused = left.map((node) => ({ node, refused: 'dequantises activations', remedy: exportFloat }))
  if (refused.length > 0) throw refusalOf(model.name, refused)
}
