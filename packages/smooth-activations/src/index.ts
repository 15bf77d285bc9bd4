export { smooth, type SmoothOptions } from './smooth.js'
export { plannedSwaps, type Swap } from './swaps.js'
export type { Choice, LogSumExp, Softplus } from './choices.js'
