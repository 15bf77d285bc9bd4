import { AgonError } from './error.js'
import type { Model, Node } from './model.js'

const probabilityOps = new Set(['Softmax', 'LogSoftmax', 'Sigmoid', 'HardSigmoid'])
const passThroughOps = new Set(['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Dropout', 'Cast'])

/** The node that turns logits into probabilities at the end of the graph, if there is one. */
export function probabilityHead(model: Model): Node | undefined {
  let value = model.outputs[0]!.name
  for (;;) {
    const node = model.nodes.find(({ outputs }) => outputs[0] === value)
    if (node === undefined) return undefined
    if (probabilityOps.has(node.op)) return node
    if (!passThroughOps.has(node.op)) return undefined
    value = node.inputs[0]!
  }
}

/** The same model without the softmax (or sigmoid) at its end: its output is the logits. A model without one is returned as it is. */
export function cutProbabilityHead(model: Model): Model {
  const head = probabilityHead(model)
  if (head === undefined) return model
  const nodes = model.nodes.map((node) => (node === head ? { ...node, op: 'Identity', attributes: {} } : node))
  return { ...model, nodes }
}

/** Who needs logits, and what to do about a model without: by default competition. */
export interface LogitsNeed {
  /** Of what the model is, in errors: `competition on`. */
  readonly what: string
  readonly remedy: string
}

const forCompetition: LogitsNeed = {
  what: 'competition on',
  remedy: 'Cut it off: cutProbabilityHead(model), or --cut-softmax on the command line.'
}

/** Throws AGON_SOFTMAX if the model ends in probabilities: competition, unless another need is given, is defined on logits. */
export function assertLogits(model: Model, { what, remedy }: LogitsNeed = forCompetition): void {
  const head = probabilityHead(model)
  if (head === undefined) return
  throw new AgonError('AGON_SOFTMAX', {
    what: `${what} model '${model.name}'`,
    expected: 'logits at its output',
    found: `${head.op} node '${head.name}'`,
    remedy
  })
}
