import {
  AgonError,
  assertChoice,
  defineMethod,
  formatShape,
  type MethodContext,
  type MethodDefinition,
  type Prepared,
  type Tensor
} from '@agon/core'
import { camLayer } from './cam-layer.js'
import { eachGradient, type Stage } from './gradients.js'
import { assertLayer, layerDefaults, type LayerOptions } from './layer.js'
import { bilinearTaps, nearestTaps, resample } from './resample.js'

/** How a map is brought to the height and width of the input. */
export type Interpolation = 'bilinear' | 'nearest'

/** Options of the class activation maps. */
export interface CamOptions extends LayerOptions {
  /** `'input'` (default): to the height and width of the input; `'none'`: at the height and width of the layer. */
  readonly upsample: 'input' | 'none'
  /** Default `'bilinear'`. */
  readonly interpolation: Interpolation
  /** Whether what speaks against the label is cut off at 0. Default true; false keeps the sign. */
  readonly relu: boolean
}

export const camDefaults: CamOptions = {
  ...layerDefaults,
  upsample: 'input',
  interpolation: 'bilinear',
  relu: true
}

/**
 * The map of one label of one example at the layer, `[H W]`, from the activations and the gradient of the label's logit at them, `[C H W]`;
 * `pixels` is H W.
 */
export type Combine = (activations: Float32Array, gradient: Float32Array, pixels: number) => Float64Array

interface Cam extends Pick<MethodDefinition<CamOptions>, 'name' | 'cite'> {
  readonly combine: Combine
}

/** Makes the factory of a class activation map: `[L, N, 1, H, W]`, H and W those of the input or of the layer. */
export function cam({ name, cite, combine }: Cam) {
  return defineMethod<CamOptions>({
    name,
    cite,
    defaults: camDefaults,
    check: (options) => assertCamOptions(name, options),
    prepare: (context, options) => prepareCam(name, combine, context, options)
  })
}

/** Throws AGON_BAD_OPTION. */
export function assertCamOptions(name: string, { layer, upsample, interpolation }: Omit<CamOptions, 'relu'>): void {
  assertLayer(name, layer)
  assertChoice(`option 'upsample' of ${name}`, upsample, ['input', 'none'])
  assertChoice(`option 'interpolation' of ${name}`, interpolation, ['bilinear', 'nearest'])
}

/**
 * One forward pass for the activations, which all labels share. The labels of a call of `maps` share a backward pass, whatever their number as far as
 * the byte budget goes.
 */
export async function prepareCam(
  name: string,
  combine: Combine,
  context: MethodContext,
  { layer: named, upsample, interpolation, relu }: CamOptions,
  stage: Stage = { index: 0, count: 1 }
): Promise<Prepared> {
  const { session, input, targets, signal } = context
  const layer = camLayer(name, context, named)
  const [height, width] = upsample === 'none' ? [layer.height, layer.width] : pictureExtents(name, input)
  const taps = interpolation === 'nearest' ? nearestTaps : bilinearTaps
  const [rows, columns] = [taps(layer.height, height), taps(layer.width, width)]
  const pixels = layer.height * layer.width
  const size = layer.channels * pixels
  const { data: activations } = await session.forward(input, { at: layer.value, ...(signal && { signal }) })
  const mapOf = (n: number, gradient: Float32Array): Float64Array => {
    const combined = combine(activations.subarray(n * size, (n + 1) * size), gradient, pixels)
    const map = relu ? combined.map((value) => Math.max(0, value)) : combined
    return upsample === 'none' ? map : resample(map, layer.width, rows, columns)
  }
  return {
    labels: targets[0]!.length,
    async maps(from, count) {
      const examples = input.shape[0]!
      const data = new Float32Array(count * examples * height * width)
      await eachGradient(
        context,
        { value: layer.value, size },
        { ...stage, range: [from, from + count] },
        (l, n, slope) => data.set(mapOf(n, slope), (l * examples + n) * height * width)
      )
      return { shape: [count, examples, 1, height, width], data }
    }
  }
}

/** Height and width of pictures `[N, C, H, W]`. */
export function pictureExtents(name: string, { shape }: Tensor): readonly [height: number, width: number] {
  if (shape.length === 4) return [shape[2]!, shape[3]!]
  throw new AgonError('AGON_BAD_INPUT', {
    what: `input of ${name}`,
    expected: 'pictures [N,C,H,W]',
    found: formatShape(shape)
  })
}

/** Sum over channels k of w_k A_k, the weight of a channel made of its activations and its gradient, both `[H W]`. */
export function weighingChannels(weightOf: (activation: Float32Array, gradient: Float32Array) => number): Combine {
  return (activations, gradient, pixels) => {
    const map = new Float64Array(pixels)
    for (let from = 0; from < activations.length; from += pixels) {
      const own = activations.subarray(from, from + pixels)
      const weight = weightOf(own, gradient.subarray(from, from + pixels))
      if (weight !== 0) for (let i = 0; i < pixels; i++) map[i] = map[i]! + weight * own[i]!
    }
    return map
  }
}

/** Sum in float64, in ascending order. */
export function sumOf(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
