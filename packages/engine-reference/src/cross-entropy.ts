import type { Values } from './ops/operator.js'

/**
 * loss = -log softmax(z)[label] in nats, and its gradient softmax(z) - onehot(label); with the largest logit taken from all, so that no exponential overflows.
 */
export function crossEntropy(logits: Values, label: number): { readonly loss: number; readonly gradient: Values } {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = logits.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, value) => total + value, 0)
  const gradient = powers.map((power, k) => power / sum - (k === label ? 1 : 0))
  return { loss: Math.log(sum) + largest - logits[label]!, gradient }
}
