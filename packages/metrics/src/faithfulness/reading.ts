import { assertChoice, assertLogits, probabilityHead, type LogitsNeed, type Metric, type Model } from '@agon/core'

/** What is read off a perturbed input: the explained label's probability or logit, or whether its logit is the largest (1, else 0). */
export type Reading = 'probability' | 'logit' | 'label'

/** Throws AGON_BAD_OPTION for anything else. */
export function assertReading(name: string, of: string): void {
  assertChoice(`option 'of' of ${name}`, of, ['probability', 'logit', 'label'])
}

/** Where readings lie: probabilities and labels in 0 .. 1, logits anywhere. */
export function readingRange(of: Reading): Metric['range'] {
  return of === 'logit' ? [-Infinity, Infinity] : [0, 1]
}

/** Where differences of two readings lie. */
export function dropRange(of: Reading): Metric['range'] {
  return of === 'logit' ? [-Infinity, Infinity] : [-1, 1]
}

const forReadings: LogitsNeed = {
  what: 'logits of',
  remedy: "Cut it off: cutProbabilityHead(model), or read of: 'probability'."
}

/**
 * Reads a label off the outputs of one example. Probabilities are those of the softmax over the logits, or of the sigmoid where there is one logit only; a model that ends
 * in probabilities gives them itself. Throws AGON_SOFTMAX where the logits of such a model are asked for.
 */
export function readerOf(model: Model, of: Reading): (outputs: Float32Array, label: number) => number {
  const head = probabilityHead(model)?.op
  if (of === 'label') return (outputs, label) => (isTop(outputs, label, head === undefined ? 0 : 0.5) ? 1 : 0)
  if (of === 'logit') {
    assertLogits(model, forReadings)
    return (outputs, label) => outputs[label]!
  }
  if (head === 'LogSoftmax') return (outputs, label) => Math.exp(outputs[label]!)
  return head === undefined ? softmax : (outputs, label) => outputs[label]!
}

function softmax(logits: Float32Array, label: number): number {
  if (logits.length === 1) return 1 / (1 + Math.exp(-logits[0]!))
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - logits[label]!)
  return 1 / sum
}

function isTop(outputs: Float32Array, label: number, alone: number): boolean {
  if (outputs.length === 1) return outputs[0]! > alone
  return outputs.every((output, other) => output < outputs[label]! || (output === outputs[label]! && other >= label))
}
