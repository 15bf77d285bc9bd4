import { AgonError } from './error.js'

/** Dense row-major float32 values. Pictures are NCHW. Never mutated once handed over. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Number of elements of a shape; 1 for the empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}

/** Makes a tensor. Throws AGON_BAD_INPUT if the extents are not whole numbers or do not multiply to the number of values. */
export function tensor(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'shape of a tensor',
      expected: 'whole numbers >= 0',
      found: formatShape(shape)
    })
  }
  if (sizeOf(shape) !== data.length) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `tensor of shape ${formatShape(shape)}`,
      expected: `${sizeOf(shape)} values`,
      found: `${data.length}`
    })
  }
  return { shape: [...shape], data: data instanceof Float32Array ? data : Float32Array.from(data) }
}

/** `[1,3,224,224]` */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(',')}]`
}

/** Throws AGON_NOT_FINITE naming the first element that is NaN or infinite. `what` names the tensor. */
export function assertFinite(what: string, { shape, data }: Tensor): void {
  let at = 0
  while (at < data.length && Number.isFinite(data[at])) at++
  if (at === data.length) return
  throw new AgonError('AGON_NOT_FINITE', {
    what,
    expected: 'finite numbers',
    found: `${data[at]} at ${formatShape(indexOf(at, shape))}`,
    remedy: 'Look for a division by zero, a missing preprocessing step or a damaged file.'
  })
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(flat % shape[axis]!)
    flat = Math.floor(flat / shape[axis]!)
  }
  return index
}

/** Example n of a batch, as a batch of one; shares memory with the batch. */
export function example({ shape, data }: Tensor, n: number): Tensor {
  const size = sizeOf(shape.slice(1))
  return { shape: [1, ...shape.slice(1)], data: data.subarray(n * size, (n + 1) * size) }
}

/** a (.) b in float32, each product rounded once. */
export function multiply(a: Float32Array, b: Float32Array): Float32Array {
  const product = new Float32Array(a.length)
  for (let i = 0; i < a.length; i++) product[i] = a[i]! * b[i]!
  return product
}

/**
 * Sum over one axis, which keeps extent 1. Each addition is rounded to float32 and the order is ascending, so that
 * every engine which follows this rule gives the same bits.
 */
export function sumAxis({ shape, data }: Tensor, axis: number): Tensor {
  const outer = sizeOf(shape.slice(0, axis))
  const extent = shape[axis]!
  const inner = sizeOf(shape.slice(axis + 1))
  const sum = new Float32Array(outer * inner)
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < extent; k++) {
      const from = (o * extent + k) * inner
      for (let i = 0; i < inner; i++) sum[o * inner + i] = sum[o * inner + i]! + data[from + i]!
    }
  }
  return { shape: shape.map((size, at) => (at === axis ? 1 : size)), data: sum }
}
