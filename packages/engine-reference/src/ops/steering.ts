import type { OperatorTable } from './operator.js'

/** Values pass; something else than the derivative goes back. */
export const steering: OperatorTable = {
  Detach: {
    forward: ([x]) => [x!],
    vjp: () => []
  },
  Through: {
    forward: ([value]) => [value!],
    vjp: (_, __, [dy]) => [undefined, dy!]
  },
  Rectify: {
    forward: ([x]) => [x!],
    vjp: (_, __, [dy]) => [dy!.map((cotangent) => Math.max(cotangent, 0))]
  }
}
