import { createRegistry, type CheckEntry, type Registry } from '@agon/core'
import { bottomUp } from './bottom-up.js'
import { cascading } from './cascading.js'
import { emprt } from './emprt.js'
import { identity } from './identity.js'
import { independent } from './independent.js'
import { randomLogit } from './random-logit.js'
import { smprt } from './smprt.js'

/** Every check that needs nothing but a model, by name; extend with `.with(...)`. `dataRandomization` needs a second model: call it by its factory. */
export const checks: Registry<CheckEntry> = createRegistry('check', [
  { name: 'cascading', create: cascading },
  { name: 'independent', create: independent },
  { name: 'bottom-up', create: bottomUp },
  { name: 'random-logit', create: randomLogit },
  { name: 'smprt', create: smprt },
  { name: 'emprt', create: emprt },
  { name: 'identity', create: identity }
])
