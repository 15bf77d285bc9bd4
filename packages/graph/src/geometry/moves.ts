import { choiceOf, numberOf } from '../attributes.js'
import { normalAxis, range, strides } from '../axes.js'
import { badNode } from '../errors.js'
import type { Facts, Shape } from '../facts.js'
import { input, optionalConstant } from '../operands.js'
import { permutation, sliceRanges, splitSizes } from '../shape/movement.js'
import { separable } from './separable.js'

export function transposeMap(facts: Facts): Int32Array {
  const { shape } = input(facts, 0)
  const steps = strides(shape)
  return separable(permutation(facts).map((axis) => range(shape[axis]!, steps[axis])))
}

export function sliceMap(facts: Facts): Int32Array {
  const steps = strides(input(facts, 0).shape)
  return separable(
    sliceRanges(facts).map(({ start, step, count }, axis) =>
      Int32Array.from({ length: count }, (_, i) => (start + i * step) * steps[axis]!)
    )
  )
}

export function splitMap(facts: Facts, output: number): Int32Array {
  const { shape } = input(facts, 0)
  const at = normalAxis(facts, numberOf(facts, 'axis'), shape.length)
  const sizes = splitSizes(facts)
  const start = sizes.slice(0, output).reduce((sum, size) => sum + size, 0)
  const steps = strides(shape)
  return separable(
    shape.map((extent, axis) =>
      axis === at ? range(sizes[output]!, steps[axis]).map((i) => i + start * steps[axis]!) : range(extent, steps[axis])
    )
  )
}

/** Each element of `to` takes the element of `from` that broadcasts to it. */
export function expandMap(from: Shape, to: Shape): Int32Array {
  const steps = strides(from)
  return separable(
    to.map((extent, axis) => {
      const at = axis - to.length + from.length
      return at < 0 || from[at] === 1 ? new Int32Array(extent) : range(extent, steps[at])
    })
  )
}

export function tileMap(facts: Facts): Int32Array {
  const { shape } = input(facts, 0)
  const steps = strides(shape)
  return separable(
    facts.outputs[0]!.shape.map((extent, axis) =>
      Int32Array.from({ length: extent }, (_, i) => (i % shape[axis]!) * steps[axis]!)
    )
  )
}

/** Gather with constant indices; negative ones count from the end. Throws AGON_BAD_MODEL for an index out of range. */
export function gatherIndexMap(facts: Facts): Int32Array {
  const { shape } = input(facts, 0)
  const at = normalAxis(facts, numberOf(facts, 'axis'), shape.length)
  const extent = shape[at]!
  const steps = strides(shape)
  const indices = Array.from(optionalConstant(facts, 1)!.data, (index) => (index < 0 ? index + extent : index))
  const wrong = indices.find((index) => !Number.isSafeInteger(index) || index < 0 || index >= extent)
  if (wrong !== undefined) {
    throw badNode(facts.node, 'indices', {
      expected: `${-extent} to ${extent - 1}`,
      found: `${wrong < 0 ? wrong - extent : wrong}`
    })
  }
  return separable(
    shape.map((size, axis) =>
      axis === at ? Int32Array.from(indices, (index) => index * steps[axis]!) : range(size, steps[axis])
    )
  )
}

/** [N, C b b, H, W] -> [N, C, H b, W b]: the block's place is in the slow (DCR) or the fast (CRD) part of the channel. */
export function depthToSpaceMap(facts: Facts): Int32Array {
  const [n, c, h, w] = input(facts, 0).shape as [number, number, number, number]
  const block = numberOf(facts, 'blocksize')
  const channels = c / block ** 2
  const place = choiceOf(facts, 'mode', ['DCR', 'CRD']) === 'DCR' ? channels : 1
  const channel = place === 1 ? block ** 2 : 1
  const plane = h * w
  return separable([
    range(n, c * plane),
    range(channels, channel * plane),
    range(h, w),
    range(block, block * place * plane),
    range(w, 1),
    range(block, place * plane)
  ])
}

/** [N, C, H b, W b] -> [N, b b C, H, W]: the inverse of DepthToSpace in DCR mode. */
export function spaceToDepthMap(facts: Facts): Int32Array {
  const [n, c, h, w] = input(facts, 0).shape as [number, number, number, number]
  const block = numberOf(facts, 'blocksize')
  return separable([
    range(n, c * h * w),
    range(block, w),
    range(block, 1),
    range(c, h * w),
    range(h / block, block * w),
    range(w / block, block)
  ])
}

/** Where the elements of one input of Concat go. */
export function placesInConcat(facts: Facts, i: number): Int32Array {
  const { shape } = input(facts, i)
  const result = facts.outputs[0]!.shape
  const at = normalAxis(facts, numberOf(facts, 'axis'), result.length)
  const start = facts.inputs.slice(0, i).reduce((sum, operand) => sum + (operand?.shape[at] ?? 0), 0)
  const steps = strides(result)
  return separable(
    shape.map((extent, axis) =>
      range(extent, steps[axis]).map((place) => place + (axis === at ? start * steps[axis]! : 0))
    )
  )
}
