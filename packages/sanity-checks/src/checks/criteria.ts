import type { Criterion } from '@agon/core'

/**
 * Spearman's correlation of the absolute maps below which a map counts as changed: a choice of ours, no paper names one. At .5 two of three pairs of pixels are still ordered
 * alike (for normal scores with this rank correlation, 1/2 + asin(2 sin(pi/12)) / pi = .67), where chance orders one of two.
 */
export const similarityThreshold = 0.5

/** A control of the machinery: rounding of the figure itself is all that may be missing to 1. */
export const identityThreshold = 1 - 1e-6

/** With all layers that a check changes changed. */
export const changed: Criterion = { figure: 'spearman(abs)', threshold: similarityThreshold, passes: 'below' }

/** With the layer of the logits alone changed: without it no label means anything. */
export const changedByLogitLayer: Criterion = { ...changed, step: 'first' }
