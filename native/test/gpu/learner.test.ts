import { describe } from 'vitest'
import { testLearnerOnGpu } from '../cuda/learner-on-gpu.js'
import { gpuEngine, noGpu } from './gpu.js'

describe.skipIf(noGpu)(`the learner of engine 'cuda' on a GPU${noGpu ? ` (${noGpu})` : ''}`, () => {
  testLearnerOnGpu(gpuEngine)
})
