import { AgonError, formatShape, sizeOf, type Tensor } from '@agon/core'

/** Labelled inputs of one shape. */
export interface Examples {
  /** `[N, ...]`; pictures are `[N, C, H, W]`. */
  readonly shape: readonly number[]
  /** Row-major. A byte b stands for the input b / 255, floats for themselves. */
  readonly values: Uint8Array | Float32Array
  /** The right label of every example, `[N]`: whole numbers from 0. */
  readonly labels: readonly number[]
}

/** A data set of two parts that share no example. */
export interface DataSet {
  readonly name: string
  /** Names of the labels, index = label. */
  readonly classes: readonly string[]
  readonly train: Examples
  readonly test: Examples
}

/** How many examples. */
export function countOf({ labels }: Examples): number {
  return labels.length
}

/** The inputs `[M, ...]` and labels of some examples, in this order. */
export function batchOf(examples: Examples, indices: readonly number[]): { input: Tensor; labels: number[] } {
  const [, ...shape] = examples.shape
  const size = sizeOf(shape)
  const scale = examples.values instanceof Uint8Array ? 255 : 1
  const data = new Float32Array(indices.length * size)
  indices.forEach((index, n) => {
    const from = index * size
    for (let i = 0; i < size; i++) data[n * size + i] = examples.values[from + i]! / scale
  })
  return { input: { shape: [indices.length, ...shape], data }, labels: indices.map((index) => examples.labels[index]!) }
}

/** Mean and standard deviation of all values of the inputs. */
export function momentsOf({ values }: Examples): { readonly mean: number; readonly deviation: number } {
  const scale = values instanceof Uint8Array ? 255 : 1
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! / scale
    sum += value
    squares += value * value
  }
  const mean = sum / values.length
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean ** 2)) }
}

/** The first examples of a list; a list that has fewer is refused with AGON_BAD_OPTION. Values are shared, not copied. */
export function firstExamples(examples: Examples, count: number): Examples {
  const { shape, values, labels } = examples
  if (!Number.isSafeInteger(count) || count < 1 || count > labels.length) {
    const expected = `a whole number from 1 to ${labels.length}`
    throw new AgonError('AGON_BAD_OPTION', { what: 'number of examples', expected, found: `${count}` })
  }
  const rest = shape.slice(1)
  return {
    shape: [count, ...rest],
    values: values.subarray(0, count * sizeOf(rest)),
    labels: labels.slice(0, count)
  }
}

/** Throws AGON_BAD_INPUT for examples whose shape, values and labels do not fit each other, or none at all. */
export function assertExamples({ shape, values, labels }: Examples): void {
  const bad = labels.findIndex((label) => !Number.isSafeInteger(label) || label < 0)
  if (bad >= 0) throw wrong(`label of example ${bad}`, 'a whole number >= 0', `${labels[bad]}`)
  if (labels.length === 0 || shape[0] !== labels.length)
    throw wrong('examples', `a label for each of at least one, shape [${labels.length},...]`, formatShape(shape))
  if (values.length !== sizeOf(shape))
    throw wrong(`examples of shape ${formatShape(shape)}`, `${sizeOf(shape)} values`, `${values.length}`)
}

function wrong(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_INPUT', { what, expected, found })
}
