import { sizeOf } from '@agon/core'
import { between, chance, node, pick, type Attributes, type Sketch, type Value } from './random-graph-sketch.js'

/** What a convolution is drawn with; everything else is drawn. */
export interface ConvChoice {
  readonly out: number
  readonly kernel?: number
  /** Keeps the extents: stride 1, padded. */
  readonly same?: boolean
  readonly groups?: number
  /** Half of the channels get a bias that no sum reaches. */
  readonly dead?: boolean
}

/** A convolution of any rank. Weights are He-initialised (He et al. 2015, arXiv 1502.01852). */
export function conv(s: Sketch, x: Value, { out, kernel, same = false, groups = 1, dead = false }: ConvChoice): Value {
  const [channels, ...extents] = x.shape as [number, ...number[]]
  const window = windowOf(s, extents, kernel, same)
  const taps = sizeOf(window.kernel)
  const weights = s.m.weights([out, channels / groups, ...window.kernel], Math.sqrt((2 * groups) / (channels * taps)))
  const biases = dead ? [deadBiases(s, out)] : chance(s.random, 0.7) ? [s.m.weights([out], 0.3)] : []
  return node(s, 'Conv', [x.name, weights, ...biases], [out, ...window.out], { ...window.attributes, group: groups })
}

function deadBiases(s: Sketch, out: number): string {
  return s.m.floats(
    [out],
    Array.from({ length: out }, (_, c) => (c % 2 === 0 ? 0.2 : -20))
  )
}

/** A transposed convolution with stride 1 or 2. */
export function convTranspose(s: Sketch, x: Value, out: number, groups: number): Value {
  const [channels, ...extents] = x.shape as [number, ...number[]]
  const [kernel, stride] = [between(s.random, 2, 3), between(s.random, 1, 2)]
  const crop = chance(s.random, 0.5) ? 1 : 0
  const extra = stride === 2 && chance(s.random, 0.3) ? 1 : 0
  const all = (value: number): number[] => extents.map(() => value)
  const attributes = {
    strides: all(stride),
    pads: [...all(crop), ...all(0)],
    output_padding: all(extra),
    group: groups
  }
  const deviation = Math.sqrt((2 * groups * stride) / (channels * kernel ** extents.length))
  const weights = s.m.weights([channels, out / groups, ...all(kernel)], deviation)
  const shape = [out, ...extents.map((extent) => stride * (extent - 1) + extra + kernel - crop)]
  return node(s, 'ConvTranspose', [x.name, weights, s.m.weights([out], 0.3)], shape, attributes)
}

interface Window {
  readonly kernel: readonly number[]
  readonly out: readonly number[]
  readonly attributes: Attributes
}

/** Kernel, strides, dilations and pads that fit; `same` windows keep the extents. */
export function windowOf(s: Sketch, extents: readonly number[], size?: number, same = false): Window {
  const { random } = s
  const axes = extents.map((extent) => {
    const kernel = size ?? pick(random, [1, 2, 3, 3, 3, 5])
    const dilation = kernel > 1 && chance(random, 0.15) ? 2 : 1
    const reach = (kernel - 1) * dilation
    const padded = same || reach >= extent || chance(random, 0.7)
    const begin = padded ? between(random, Math.floor(reach / 2), Math.ceil(reach / 2)) : 0
    const end = padded ? reach - begin : 0
    const stride = !same && extent > 4 && chance(random, 0.4) ? 2 : 1
    return { kernel, dilation, begin, end, stride, out: Math.floor((extent + begin + end - reach - 1) / stride) + 1 }
  })
  const of = (name: 'kernel' | 'dilation' | 'begin' | 'end' | 'stride' | 'out'): number[] => axes.map((a) => a[name])
  const attributes = {
    kernel_shape: of('kernel'),
    strides: of('stride'),
    dilations: of('dilation'),
    pads: [...of('begin'), ...of('end')]
  }
  return { kernel: of('kernel'), out: of('out'), attributes }
}

/** Tokens [..., D] times weights [D, E], and a bias. */
export function linear(s: Sketch, x: Value, out: number): Value {
  const from = x.shape.at(-1)!
  const shape = [...x.shape.slice(0, -1), out]
  const product = node(s, 'MatMul', [x.name, s.m.weights([from, out], Math.sqrt(1.5 / from))], shape)
  return chance(s.random, 0.6) ? node(s, 'Add', [product.name, s.m.weights([out], 0.3)], shape) : product
}

/** A vector [F] to [out]: Gemm in one of its forms, or MatMul. */
export function dense(s: Sketch, x: Value, out: number): Value {
  const { m, random } = s
  if (chance(random, 0.3)) return linear(s, x, out)
  const from = x.shape[0]!
  const transB = random.integer(2)
  const scaled: Attributes = chance(random, 0.2) ? { alpha: 0.5, beta: 2 } : {}
  const weights = m.weights(transB ? [out, from] : [from, out], Math.sqrt(2 / from))
  const biases = chance(random, 0.7) ? [m.weights([out], 0.3)] : []
  return node(s, 'Gemm', [x.name, weights, ...biases], [out], { transB, ...scaled })
}

/** One input, one output of the same shape, element by element; mostly Relu. */
export function activation(s: Sketch, x: Value): Value {
  const { m, random } = s
  const of = (op: string, attributes = {}, more: readonly string[] = []): Value =>
    node(s, op, [x.name, ...more], x.shape, attributes)
  const others = [
    () => of('LeakyRelu', { alpha: 0.1 }),
    () => of('Clip', {}, [m.floats([], [0]), m.floats([], [chance(random, 0.5) ? 6 : 1.5])]),
    () => of('HardSwish'),
    () => of('Sigmoid'),
    () => of('Tanh'),
    () => of('Gelu', { approximate: pick(random, ['none', 'tanh']) }),
    () => of('Elu'),
    () => of('Softplus'),
    () => of('Mul', {}, [of('Sigmoid').name])
  ]
  return chance(random, 0.5) ? of('Relu') : pick(random, others)()
}

export function batchNormalization(s: Sketch, x: Value): Value {
  const { m } = s
  const shape = [x.shape[0]!]
  const parameters = [
    m.uniform(shape, 0.5, 1.5),
    m.weights(shape, 0.3),
    m.weights(shape, 0.3),
    m.uniform(shape, 0.5, 2)
  ]
  return node(s, 'BatchNormalization', [x.name, ...parameters], x.shape)
}

export function layerNormalization(s: Sketch, x: Value): Value {
  const width = [x.shape.at(-1)!]
  return node(s, 'LayerNormalization', [x.name, s.m.uniform(width, 0.5, 1.5), s.m.weights(width, 0.2)], x.shape)
}
