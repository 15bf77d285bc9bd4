import { AgonError, formatShape, sizeOf, type ContestOptions, type PerExample } from '@agon/core'
import type { Shape } from './facts.js'
import { assertLabels } from './session-input.js'
import type { StaticModel } from './static-model.js'

/**
 * Checks the arguments of a contest over values of shape `[N, ...]`: labels in range, `maps` among the competing labels, a `sumAxis`
 * that exists and is not the batch, a baseline that fits. Throws AGON_BAD_INPUT or AGON_BAD_OPTION.
 */
export function assertContest(model: StaticModel, shape: Shape, labels: PerExample, options: ContestOptions): void {
  const examples = shape[0]!
  assertLabels('competing labels', labels, examples, sizeOf(model.shapes.get(model.outputs[0]!.name)!))
  assertMaps(labels, options.maps)
  assertSumAxis(shape, options.sumAxis)
  assertBaseline(shape, options.baseline?.data.length)
}

function assertMaps(labels: PerExample, maps: PerExample | undefined): void {
  if (maps === undefined) return
  const sameNumber = maps.length === labels.length && maps.every((ofExample) => ofExample.length === maps[0]!.length)
  const competing = sameNumber && maps.every((wanted, n) => wanted.every((label) => labels[n]!.includes(label)))
  if (competing) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'labels whose maps are kept',
    expected: `${labels.length} lists (one per example) of the same number of competing labels`,
    found: `[${maps.map((ofExample) => `[${ofExample.join(',')}]`).join(',')}]`
  })
}

function assertSumAxis(shape: Shape, axis: number | undefined): void {
  if (axis === undefined || (Number.isSafeInteger(axis) && axis >= 1 && axis < shape.length)) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `sumAxis of a contest over ${formatShape(shape)}`,
    expected: `1 to ${shape.length - 1}`,
    found: `${axis}`
  })
}

function assertBaseline(shape: Shape, size: number | undefined): void {
  if (size === undefined || size === sizeOf(shape) || size === sizeOf(shape.slice(1))) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'baseline',
    expected: `${sizeOf(shape)} values, or ${sizeOf(shape.slice(1))} for one example`,
    found: `${size}`
  })
}
