import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preprocess } from '@agon/images'
import { readOnnx, writeOnnx } from '@agon/onnx'
import type { NetRecord, NetStore, StoredNet } from '@agon/train'
import { checkpointFile, netsFolder, writeWhole } from '@agon/train/node'

/** Fitted nets in a folder. */
export interface NetFiles extends NetStore {
  /** Of the ONNX file; its sidecar lies beside it. */
  pathOf(fingerprint: string): string
}

/** What is written beside a net that is kept, last of all: its record, and what its ONNX file must be. */
interface Kept {
  readonly format: 'agon-net/1'
  readonly sha256: string
  readonly record: NetRecord
}

/**
 * Keeps fitted nets as ONNX files with their sidecars, and unfinished ones as checkpoints, under their fingerprints. A net whose files are missing or not as they
 * were written is not there: it is fitted again.
 */
export function netFiles(folder: string = netsFolder()): NetFiles {
  const path = (fingerprint: string, ending: string): string => join(folder, `${fingerprint}.${ending}`)
  return {
    pathOf: (fingerprint) => path(fingerprint, 'onnx'),
    checkpoint: (fingerprint) => checkpointFile(path(fingerprint, 'checkpoint')),
    async load(fingerprint) {
      const [bytes, text] = await Promise.all([
        readFile(path(fingerprint, 'onnx')).catch(() => undefined),
        readFile(path(fingerprint, 'json'), 'utf8').catch(() => undefined)
      ])
      if (bytes === undefined || text === undefined) return undefined
      const { sha256, record } = JSON.parse(text) as Kept
      if (sha256 !== digestOf(bytes) || record.fingerprint !== fingerprint) return undefined
      return { model: await readOnnx(bytes), record }
    },
    async save(net) {
      const { fingerprint } = net.record
      const { onnx, sidecar } = netDocuments(net)
      const kept: Kept = { format: 'agon-net/1', sha256: digestOf(onnx), record: net.record }
      await writeWhole(path(fingerprint, 'onnx'), onnx)
      await writeWhole(path(fingerprint, 'agon.json'), sidecar)
      await writeWhole(path(fingerprint, 'json'), `${JSON.stringify(kept, null, 2)}\n`)
      await rm(path(fingerprint, 'checkpoint'), { force: true })
    }
  }
}

/** A fitted net's ONNX file and its sidecar: what its labels are, how pictures become its input, and where it comes from. */
export function netDocuments({ model, record }: StoredNet): { readonly onnx: Uint8Array; readonly sidecar: string } {
  const [, , height, width] = model.inputs[0]!.shape as readonly number[]
  const preprocess: Preprocess = {
    resize: { mode: 'squash', width: width!, height: height! },
    channels: 'gray',
    scale: 255,
    mean: [0],
    std: [1]
  }
  const { data, labels, examples, seed, fingerprint, testAccuracy } = record
  const source = `Fitted to ${labels} labels of ${examples} examples of ${data}, seed ${seed}; fingerprint ${fingerprint}`
  const licence = `Made from the data set ${data}; see the NOTICE beside it`
  const sidecar = { labels: model.labels ?? [], preprocess, source, testAccuracy, licence }
  return { onnx: writeOnnx(model), sidecar: `${JSON.stringify(sidecar, null, 2)}\n` }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
