import { probabilityHead, type Model } from '@agon/core'

/** What to say of figures on a model whose output is probabilities. */
export function headNote(model: Model): string | undefined {
  const head = probabilityHead(model)
  if (head === undefined) return undefined
  return `The model ends in ${head.op}, so that f is a probability here and no logit; cutProbabilityHead(model), or --cut-softmax on the command line, cuts it off.`
}
