import { describe } from 'vitest'
import { hostEngine, missing } from './host.js'
import { testLearnerOnGpu } from './learner-on-gpu.js'

describe.skipIf(missing)(`the learner of engine 'cuda' on the host${missing ? ` (${missing})` : ''}`, () => {
  testLearnerOnGpu(hostEngine)
})
