export { testEngine, type EngineTestOptions } from './test-engine.js'
export { testMethod, type MethodFactory, type MethodTestOptions } from './test-method.js'
export type { Skips } from './suite/check.js'
