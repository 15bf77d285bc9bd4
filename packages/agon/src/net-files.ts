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

/** A sidecar of a fitted net: what `loadModel` reads of it, and how the net came about. */
interface NetSidecar {
  readonly labels: readonly string[]
  readonly preprocess: Preprocess
  readonly net: NetRecord
  /** Of the ONNX file. */
  readonly sha256: string
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
      const [bytes, sidecar] = await Promise.all([
        readFile(path(fingerprint, 'onnx')).catch(() => undefined),
        readFile(path(fingerprint, 'agon.json'), 'utf8').catch(() => undefined)
      ])
      if (bytes === undefined || sidecar === undefined) return undefined
      const { sha256, net } = JSON.parse(sidecar) as NetSidecar
      if (sha256 !== digestOf(bytes) || net.fingerprint !== fingerprint) return undefined
      return { model: await readOnnx(bytes), record: net }
    },
    async save(net) {
      const { fingerprint } = net.record
      const files = netDocuments(net)
      await writeWhole(path(fingerprint, 'onnx'), files.onnx)
      await writeWhole(path(fingerprint, 'agon.json'), files.sidecar)
      await rm(path(fingerprint, 'checkpoint'), { force: true })
    }
  }
}

/** What is written of a fitted net: its ONNX file, and the sidecar that says what its labels are, how pictures become its input, and how it came about. */
export function netDocuments({ model, record }: StoredNet): { readonly onnx: Uint8Array; readonly sidecar: string } {
  const onnx = writeOnnx(model)
  const [, , height, width] = model.inputs[0]!.shape as readonly number[]
  const sidecar: NetSidecar = {
    labels: model.labels ?? [],
    preprocess: {
      resize: { mode: 'squash', width: width!, height: height! },
      channels: 'gray',
      scale: 255,
      mean: [0],
      std: [1]
    },
    net: record,
    sha256: digestOf(onnx)
  }
  return { onnx, sidecar: `${JSON.stringify(sidecar, null, 2)}\n` }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
