import { assertChoice, defineMethod, type MethodContext } from '@agon/core'
import { addedConstants, broadcastMap, pictureValues, type AddedConstant, type StaticModel } from '@agon/graph'
import { pictureExtents } from './layers/cam.js'
import { eachGradient, type Place } from './layers/gradients.js'
import { posts, type Planes, type Post } from './layers/full-grad-posts.js'
import { staticModel } from './layers/static-model.js'

export interface FullGradOptions {
  /**
   * What becomes of every term before they are added up to one plane: `'none'` (default), signed, so that the map adds up to the logit, or
   * `'abs-scaled'`, the saliency of the paper: absolute values, scaled to 0 .. 1 term by term.
   */
  readonly post: Post
}

/**
 * FullGrad: logit f as a sum over the input x and over every bias b of the model, each times its gradient,
 *
 *     f(x) = sum over i of x_i df/dx_i + sum over biases b of b df/db
 *
 * which is exact where everything but the biases is linear or positively homogeneous (ReLU, pooling). A bias is added at every position of a
 * layer, so its share is a plane of the layer; batch normalization counts with what it adds in effect. `[L, N, 1, H, W]`.
 */
export const fullGrad = defineMethod<FullGradOptions>({
  name: 'full-grad',
  cite: 'Srinivas & Fleuret 2019, Full-Gradient Representation for Neural Network Visualization, arXiv 1905.00780',
  defaults: { post: 'none' },
  multiplier: ({ post }) => (post === 'none' ? 'input' : undefined),
  check: ({ post }) => assertChoice("option 'post' of full-grad", post, Object.keys(posts)),
  async attribute(context, { post }) {
    const { input, logits, targets } = context
    const [height, width] = pictureExtents('full-grad', input)
    const [labels, examples] = [targets[0]!.length, input.shape[0]!]
    const pixels = height * width
    const sum = new Float64Array(labels * examples * pixels)
    const terms = termsOf(context)
    for (const [index, term] of terms.entries()) {
      const add = posts[post](term.planes, height, width)
      await eachGradient(context, term.place, { index, count: terms.length }, (l, n, gradient) => {
        const at = (l * examples + n) * pixels
        add(term.shares(n, gradient), sum.subarray(at, at + pixels))
      })
    }
    const attribution = { shape: [labels, examples, 1, height, width], data: Float32Array.from(sum) }
    if (post !== 'none') return attribution
    return { attribution, baselineLogits: { shape: logits.shape, data: new Float32Array(logits.data.length) } }
  }
})

/** The input, or one bias: where its gradient is taken, and what of the logit it makes at every element of that place. */
interface Term {
  readonly place: Place
  readonly planes: Planes | undefined
  shares(n: number, gradient: Float32Array): Float64Array
}

function termsOf({ session, input }: MethodContext): readonly Term[] {
  const model = staticModel(session.model, input)
  const pictures = new Set(pictureValues(model, [model.inputs[0]!.name]))
  const size = input.data.length / input.shape[0]!
  const ofInput: Term = {
    place: { size },
    planes: { height: input.shape[2]!, width: input.shape[3]! },
    shares: (n, gradient) => Float64Array.from(gradient, (slope, i) => slope * input.data[n * size + i]!)
  }
  const biases = addedConstants(model).filter(({ data }) => data.some((value) => value !== 0))
  return [ofInput, ...biases.map((bias) => termOf(bias, model, pictures.has(bias.value)))]
}

function termOf({ value, shape, data }: AddedConstant, model: StaticModel, isPicture: boolean): Term {
  const whole = model.shapes.get(value)!
  const size = whole.reduce((product, extent) => product * extent, 1)
  const map = broadcastMap(shape, whole)
  return {
    place: { value, size },
    planes: isPicture ? { height: whole[2]!, width: whole[3]! } : undefined,
    shares: (_, gradient) => Float64Array.from(gradient, (slope, i) => slope * data[map === undefined ? i : map[i]!]!)
  }
}
