import { activationCases } from './op-cases/activations.js'
import { arithmeticCases } from './op-cases/arithmetic.js'
import { compositeCases } from './op-cases/composite.js'
import { convolutionCases } from './op-cases/convolution.js'
import { denseCases } from './op-cases/dense.js'
import { foldedCases } from './op-cases/folded.js'
import { lookupCases } from './op-cases/lookup.js'
import { movementCases } from './op-cases/movement.js'
import { normalizationCases } from './op-cases/normalization.js'
import type { OpCase } from './op-cases/op-case.js'
import { pointwiseCases } from './op-cases/pointwise.js'
import { poolingCases } from './op-cases/pooling.js'
import { reductionCases } from './op-cases/reduction.js'
import { resizeCases } from './op-cases/resize.js'
import { steeringCases } from './op-cases/steering.js'

/** The one table of operator cases: every operator and every form of its attributes, for correctness, derivatives and speed. */
export const opCases: readonly OpCase[] = [
  ...activationCases,
  ...pointwiseCases,
  ...arithmeticCases,
  ...convolutionCases,
  ...poolingCases,
  ...denseCases,
  ...normalizationCases,
  ...reductionCases,
  ...movementCases,
  ...resizeCases,
  ...lookupCases,
  ...compositeCases,
  ...foldedCases,
  ...steeringCases
]
