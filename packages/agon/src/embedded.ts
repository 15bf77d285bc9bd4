import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A classifier that comes with this package, ready for `loadModel(name)`. */
export interface EmbeddedModel {
  readonly name: string
  /** Path of the ONNX file; its sidecar lies beside it. */
  readonly path: string
  /** Paths of pictures of its test set, in the order of their names. */
  readonly pictures: readonly string[]
}

const assets = fileURLToPath(new URL('../assets/', import.meta.url))

/** The classifiers that come with this package. */
export const embedded: readonly EmbeddedModel[] = [inFolder('fashion-mnist')]

function inFolder(name: string): EmbeddedModel {
  const pictures = join(assets, name, 'pictures')
  return {
    name,
    path: join(assets, name, 'model.onnx'),
    get pictures() {
      return readdirSync(pictures)
        .sort()
        .map((file) => join(pictures, file))
    }
  }
}
