import type { ValueName } from './model.js'
import type { Tensor } from './tensor.js'

/**
 * A model whose weights are being fitted, by engines that have parameter gradients. The one thing here that changes in place; `read` copies what it has
 * learnt. Results have the same bits for any number of threads.
 */
export interface Learner {
  /** Names of the constants that are fitted: the float32 weights and biases of layers. */
  readonly parameters: readonly ValueName[]
  /**
   * One forward and backward pass over a batch `[N, ...]` with a label for every example. The gradients of the mean cross-entropy (softmax over the logits)
   * stay in the learner for `gradients` and `update`.
   */
  pass(input: Tensor, labels: readonly number[]): Promise<LearnerPass>
  /** Of the last pass, by parameter. */
  gradients(): ReadonlyMap<ValueName, Tensor>
  /** One step of Adam by the gradients of the last pass. */
  update(step: AdamStep): Promise<void>
  /** Copies. */
  read(): LearnerState
  /** Throws AGON_BAD_INPUT for a state of other parameters or shapes. */
  write(state: LearnerState): void
  /** Frees its memory. Any later call throws AGON_DISPOSED. */
  dispose(): void
}

export interface LearnerPass {
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** Examples whose largest logit (the first of equal ones) is their label's. */
  readonly correct: number
}

/**
 * Adam with decoupled weight decay (Kingma & Ba 2015, arXiv 1412.6980; Loshchilov & Hutter 2019, arXiv 1711.05101), all in float32, for the t-th update (from 1):
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  w = w - rate (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay w).
 * Decay applies to parameters of two or more axes: weights, not biases and scales.
 */
export interface AdamStep {
  /** t, from 1. */
  readonly step: number
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly decay: number
}

/** Everything that a learner has learnt. */
export interface LearnerState {
  readonly parameters: ReadonlyMap<ValueName, Float32Array>
  /** Adam's means of the gradients and of their squares, by parameter. */
  readonly first: ReadonlyMap<ValueName, Float32Array>
  readonly second: ReadonlyMap<ValueName, Float32Array>
}
