import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AgonError, formatShape, knownNames, type Model, type Note, type ValueName } from '@agon/core'
import { readSidecar, type Preprocess } from '@agon/images'
import { summarizeOnnx } from '@agon/onnx'
import { readOnnxFile } from '@agon/onnx/node'
import { embedded } from './embedded.js'
import { labelsBeside } from './labels-beside.js'

/** A model, with what lies beside its file. Passes keep these fields, for they copy the model that they change. */
export interface LoadedModel extends Model {
  /** Of the ONNX file. */
  readonly path: string
  /** Of the ONNX file's bytes (not of external data), hexadecimal. */
  readonly sha256: string
  /** What the sidecar says about how photographs become inputs. */
  readonly preprocess?: Preprocess
  /** The file that the label names were read from. */
  readonly labelsFrom?: string
  readonly notes: readonly Note[]
}

export interface LoadModelOptions {
  /** The output that holds the logits. Default: the first; that there are others is noted. */
  readonly output?: ValueName
}

/**
 * Reads an ONNX classifier by its path, or an embedded one by its name, with the labels and the preprocessing of its
 * sidecar `<model>.agon.json` (labels also from `labels.json` or `labels.txt` in its folder, if their number fits).
 * Throws AGON_UNKNOWN_NAME, AGON_BAD_FILE or AGON_UNSUPPORTED_OPERATOR.
 */
export async function loadModel(pathOrName: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const path = modelPath(pathOrName)
  const model = await readOnnxFile(path, options)
  const bytes = await readFile(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const sidecar = await readSidecar(path)
  const { labels, notes } = await labelsBeside(path, model, sidecar)
  return {
    ...model,
    path,
    sha256,
    ...(labels && { labels: labels.names, labelsFrom: labels.from }),
    ...(sidecar?.preprocess && { preprocess: sidecar.preprocess }),
    notes: [...(options.output === undefined ? otherOutputs(bytes) : []), ...notes]
  }
}

function otherOutputs(bytes: Uint8Array): Note[] {
  const { outputs } = summarizeOnnx(bytes)
  if (outputs.length < 2) return []
  const listed = outputs.map(({ name, shape }) => (shape ? `${name} ${formatShape(shape)}` : name)).join(', ')
  return [
    {
      code: 'several-outputs',
      message: `the model has ${outputs.length} outputs (${listed}); the first one is explained`
    }
  ]
}

/** The path of an ONNX file: what ends in `.onnx`, else the embedded model of that name. Throws AGON_UNKNOWN_NAME. */
export function modelPath(pathOrName: string): string {
  if (pathOrName.toLowerCase().endsWith('.onnx')) return pathOrName
  const found = embedded.find(({ name }) => name === pathOrName)
  if (found) return found.path
  const { expected, ...rest } = knownNames(
    pathOrName,
    embedded.map(({ name }) => name)
  )
  throw new AgonError('AGON_UNKNOWN_NAME', {
    what: `model '${pathOrName}'`,
    expected: `a path that ends in .onnx, or ${expected}`,
    ...rest
  })
}
