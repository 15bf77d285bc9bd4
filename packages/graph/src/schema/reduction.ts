import type { Evaluate, Facts } from '../facts.js'
import { folded, summed } from '../fold/movement.js'
import { expandProd } from '../passes/composites.js'
import type { Expand } from '../passes/expand.js'
import { meanWindows, reductionWindows } from '../geometry/reduction.js'
import type { Windows } from '../geometry/windows.js'
import { inferReduction } from '../shape/reduction.js'
import { define, int, type Definition } from './schema.js'

interface Kind {
  readonly linear?: (facts: Facts) => Windows
  readonly extreme?: (facts: Facts) => Windows
  readonly evaluate?: Evaluate
  readonly note?: string
  readonly expand?: Expand
}

const reduction = (op: string, kind: Kind): Definition =>
  define(op, [1, 2], { attributes: { keepdims: int(1), noop_with_empty_axes: int(0) }, infer: inferReduction, ...kind })

const extreme = (op: string, start: number, f: (a: number, b: number) => number): Definition =>
  reduction(op, {
    extreme: reductionWindows,
    evaluate: folded(reductionWindows, start, f),
    note: 'equal values share evenly'
  })

/** Reductions over axes that the second input names. */
export const reductions: readonly Definition[] = [
  reduction('ReduceSum', { linear: reductionWindows, evaluate: summed(reductionWindows) }),
  reduction('ReduceMean', { linear: meanWindows, evaluate: summed(meanWindows) }),
  extreme('ReduceMax', -Infinity, Math.max),
  extreme('ReduceMin', Infinity, Math.min),
  reduction('ReduceProd', { expand: expandProd, evaluate: folded(reductionWindows, 1, (a, b) => a * b) })
]
