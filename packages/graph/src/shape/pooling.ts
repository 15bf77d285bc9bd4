import { optionalNumbers } from '../attributes.js'
import { badNode } from '../errors.js'
import type { Infer, Operands, ValueType } from '../facts.js'
import { slides, type Slide } from './slides.js'
import { input } from '../operands.js'
import { needRank } from './elementwise.js'

/** The slides of MaxPool or AveragePool over x [N, C, ...]. */
export function poolSlides(operands: Operands): readonly Slide[] {
  needRank(operands, 0, 3)
  const spatial = input(operands, 0).shape.slice(2)
  const kernel = optionalNumbers(operands, 'kernel_shape')!
  if (kernel.length !== spatial.length || kernel.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw badNode(operands.node, "attribute 'kernel_shape'", {
      expected: `${spatial.length} whole numbers >= 1`,
      found: `[${kernel.join(',')}]`
    })
  }
  return slides(operands, spatial, kernel)
}

export const inferAveragePool: Infer = (operands) => [pooled(operands)]

/** MaxPool's second output holds indices. */
export const inferMaxPool: Infer = (operands) => {
  const output = pooled(operands)
  return [output, { ...output, dtype: 'int64' }]
}

export const inferGlobalPool: Infer = (operands) => {
  needRank(operands, 0, 3)
  const { shape, dtype } = input(operands, 0)
  return [{ shape: shape.map((extent, axis) => (axis < 2 ? extent : 1)), dtype }]
}

function pooled(operands: Operands): ValueType {
  const { shape, dtype } = input(operands, 0)
  return { shape: [...shape.slice(0, 2), ...poolSlides(operands).map(({ out }) => out)], dtype }
}
