import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { AgonError, assertFinite, formatShape, type Model, type Note, type Tensor, type ValueInfo } from '@agon/core'
import { loadImage, readBytes, readNpy, type Picture, type Preprocess } from '@agon/images'
import { choosePreprocess } from './choose-preprocess.js'
import type { LoadedModel } from './load-model.js'

/** An input of a model and where it came from. */
export interface PreparedInput {
  /** `[N, ...]` */
  readonly input: Tensor
  /** What the network sees of a photograph, at the size of the input. */
  readonly picture?: Picture
  /** Of the file's bytes, hexadecimal. */
  readonly sha256?: string
  /** What was done to a photograph; tensors are fed as they are. */
  readonly preprocess?: Preprocess
  /** Whether the preprocessing was assumed for want of any statement. */
  readonly assumed: boolean
  readonly notes: readonly Note[]
}

export interface PrepareOptions {
  /** A preset's name or an object; default: what the model's sidecar says, else an assumption that is noted. */
  readonly preprocess?: string | Preprocess
}

/**
 * Makes an input of a model from a tensor, from the path of a picture or from the path of an `.npy` file (fed as it is;
 * a batch axis is added if only that is missing). Throws AGON_BAD_FILE, AGON_BAD_INPUT or AGON_NOT_FINITE naming the file.
 */
export async function prepareInput(
  model: Model | LoadedModel,
  source: string | Tensor,
  options: PrepareOptions = {}
): Promise<PreparedInput> {
  const info = onlyInput(model)
  if (typeof source !== 'string') return { input: fitted('input', source, info), assumed: false, notes: [] }
  if (extname(source).toLowerCase() === '.npy') return fromNpy(source, info)
  const { preprocess, assumed, notes } = choosePreprocess(model, info, options.preprocess)
  const { input, picture, sha256 } = await loadImage(source, preprocess, model)
  return { input: fitted(source, input, info), picture, sha256, preprocess, assumed, notes }
}

/** The one input of a model. Throws AGON_BAD_INPUT for a model with several. */
export function onlyInput({ name, inputs }: Model): ValueInfo {
  if (inputs.length === 1) return inputs[0]!
  throw new AgonError('AGON_BAD_INPUT', {
    what: `model '${name}'`,
    expected: 'one input',
    found: inputs.map((input) => `${input.name} ${formatShape(input.shape)}`).join(', ') || 'none',
    remedy: 'Fix all inputs but one with bindInputs(model, { name: constant }).'
  })
}

async function fromNpy(path: string, info: ValueInfo): Promise<PreparedInput> {
  const bytes = await readBytes(path)
  const { shape, data, dtype } = named(path, () => readNpy(bytes))
  const notes =
    dtype === 'float32'
      ? []
      : [{ code: 'npy-converted', message: `${path} holds ${dtype}; it was converted to float32.` }]
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { input: fitted(path, { shape, data }, info), sha256, assumed: false, notes }
}

/** Runs a reader of bytes and puts the file's path before what it complains of. */
function named<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AgonError)) throw error
    const { code, what, expected, found, remedy } = error
    throw new AgonError(code, {
      what: `${path}: ${what}`,
      ...(expected !== undefined && { expected }),
      ...(found !== undefined && { found }),
      ...(remedy !== undefined && { remedy }),
      cause: error
    })
  }
}

/** The tensor with a batch axis, checked against the shape that the model declares. */
function fitted(what: string, { shape, data }: Tensor, info: ValueInfo): Tensor {
  const declared = info.shape
  const batched = shape.length === declared.length - 1 ? [1, ...shape] : [...shape]
  const fits =
    batched.length === declared.length &&
    batched.every(
      (extent, axis) => extent >= 1 && (axis === 0 || typeof declared[axis] === 'string' || declared[axis] === extent)
    )
  if (!fits) {
    throw new AgonError('AGON_BAD_INPUT', {
      what,
      expected: `a tensor ${formatShape(declared)} for input '${info.name}'`,
      found: formatShape(shape)
    })
  }
  const input = { shape: batched, data }
  assertFinite(what, input)
  return input
}
