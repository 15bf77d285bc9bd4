import { likeFirst } from '../shape/elementwise.js'
import { broadcastAll } from '../shape/broadcast.js'
import { inferAveragePool } from '../shape/pooling.js'
import { inferReduction } from '../shape/reduction.js'
import {
  expandL1,
  expandL2,
  expandLogSum,
  expandLogSumExp,
  expandLpPool,
  expandMean,
  expandMeanVariance,
  expandSumSquare
} from '../passes/composites.js'
import type { Expand } from '../passes/expand.js'
import { pooling } from './layers.js'
import { define, int, ints, type Definition } from './schema.js'

const reduction = (op: string, expand: Expand, note?: string): Definition =>
  define(op, [1, 2], {
    attributes: { keepdims: int(1), noop_with_empty_axes: int(0) },
    infer: inferReduction,
    expand,
    ...(note ? { note } : {})
  })

/** Operators that `specialize` replaces by simpler ones; engines never see them. */
export const composites: readonly Definition[] = [
  reduction('ReduceL1', expandL1),
  reduction('ReduceL2', expandL2, 'not finite where all elements are 0'),
  reduction('ReduceSumSquare', expandSumSquare),
  reduction('ReduceLogSum', expandLogSum),
  reduction('ReduceLogSumExp', expandLogSumExp),
  define('Mean', [1, Infinity], { infer: broadcastAll, expand: expandMean }),
  define('MeanVarianceNormalization', [1, 1], {
    attributes: { axes: ints([0, 2, 3]) },
    infer: likeFirst,
    expand: expandMeanVariance
  }),
  define('LpPool', [1, 1], {
    attributes: { ...pooling, p: int(2) },
    infer: inferAveragePool,
    expand: expandLpPool,
    note: 'not finite where a window holds zeros only'
  })
]
