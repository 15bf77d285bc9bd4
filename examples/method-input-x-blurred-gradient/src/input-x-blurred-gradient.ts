import type { Method, MethodContext, Plugin, Tensor } from '@agon/core'

export interface BlurOptions {
  /** The gradient is averaged over the squares of side 2 radius + 1 around each pixel. Default 1. */
  readonly radius: number
}

/** Input (.) blurred gradient: x_i times the mean of dlogit/dx over the neighbours of i in its channel that lie in the picture. */
export function inputTimesBlurredGradient(given: Partial<BlurOptions> = {}): Method {
  const options: BlurOptions = { radius: 1, ...given }
  const unknown = Object.keys(options).find((name) => name !== 'radius')
  if (unknown !== undefined) throw badOption(`option '${unknown}': expected radius`)
  if (!Number.isInteger(options.radius) || options.radius < 0) throw badOption('radius: expected a whole number >= 0')
  return {
    name: 'input-x-blurred-gradient',
    cite: 'An example of Agon, 2026; no publication',
    options,
    attribute: (context) => attribute(context, options.radius)
  }
}

/** `[L, N, ...]` of L targets for each of N examples. Every label and example is on its own, and nothing is kept between calls. */
async function attribute({ session, input, targets, signal, memory }: MethodContext, radius: number): Promise<Tensor> {
  const passes = { ...(signal && { signal }), ...(memory !== undefined && { memory }) }
  const gradient = await session.vjp(input, { labels: targets }, passes)
  const [height, width] = input.shape.length === 4 ? [input.shape[2]!, input.shape[3]!] : [1, 1]
  const data = new Float32Array(gradient.data.length)
  for (let plane = 0; plane < data.length; plane += height * width) {
    const map = blurred(gradient.data.subarray(plane, plane + height * width), height, width, radius)
    for (let i = 0; i < map.length; i++) data[plane + i] = map[i]! * input.data[(plane + i) % input.data.length]!
  }
  return { shape: gradient.shape, data }
}

/** Means over the squares around the pixels of one channel, as far as they lie in the picture. */
function blurred(plane: Float32Array, height: number, width: number, radius: number): Float32Array {
  return plane.map((_, at) => {
    const [y, x] = [Math.floor(at / width), at % width]
    let [sum, count] = [0, 0]
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++, count++)
        sum += plane[v * width + u]!
    }
    return sum / count
  })
}

/** Agon tells errors by their code, so that a plugin needs none of its classes. */
function badOption(message: string): Error {
  return Object.assign(new Error(message), { code: 'AGON_BAD_OPTION' })
}

const plugin: Plugin = {
  name: 'agon-method-input-x-blurred-gradient',
  methods: [{ name: 'input-x-blurred-gradient', competitive: false, create: inputTimesBlurredGradient }]
}

export default plugin
