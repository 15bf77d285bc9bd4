import { studentT } from '@agon/core'
import { expect, it } from 'vitest'

it.each([
  [1, 12.706205],
  [2, 4.302653],
  [5, 2.570582],
  [12, 2.178813],
  [13, 2.160369],
  [30, 2.042272],
  [200, 1.971896]
])("studentT(%i) is SciPy's t.ppf(0.975) to 1.3e-3", (freedom, exact) => {
  expect(Math.abs(studentT(freedom) - exact)).toBeLessThan(1.3e-3)
})
