import { defineCompetitive, type Method } from '@agon/core'
import { lrp } from './lrp.js'

/** The options of LRP-epsilon. */
interface EpsilonOptions {
  readonly epsilon: number
  readonly bias: string
}

function lrpEpsilon({ epsilon = 1e-6, bias = 'absorb' }: Partial<EpsilonOptions> = {}): Method {
  return { ...lrp({ rule: 'epsilon', epsilon, bias }), options: { epsilon, bias } }
}

/** Competition among all labels over their relevances by LRP-epsilon. Options: those of `competitive`, and `epsilon` and `bias`. */
export const competitiveLrpEpsilon = defineCompetitive('competitive-lrp-epsilon', lrpEpsilon)
