import { example, explain, keptShare, rowsOf, type Session, type Tensor } from '@agon/core'
import { writeNpy } from '@agon/images'
import { fileName, putFile } from './files.js'
import type { HeldMap } from './map-store.js'
import type { MatrixInput, MatrixMethod } from './matrix.js'
import { mapPng, photoPng, pictureSides } from './pictures.js'
import { explainOptions, type KnownBatch, type Sitting } from './sitting.js'
import { turfOf } from './turf-facts.js'
import { runUnit } from './unit.js'

/** Folders of what a run writes beside its journal. */
export const folders = { pictures: 'pictures', maps: 'maps' }

/** What the unchanged model says of every input: a photograph, the label that is explained. */
export async function recordInputs(sitting: Sitting): Promise<void> {
  const { session, options } = sitting
  for (const batch of sitting.batches) {
    await runUnit(sitting, {
      batch,
      piece: ({ name }) => ({ kind: 'input', input: name }),
      run:
        async ({ inputs, logits, targets }) =>
        async (n) => {
          const { name, sha256, picture } = inputs[n]!
          const file = picture && `${folders.pictures}/${fileOf(sitting, inputs[n]!)}.png`
          if (file) await putFile(options.folder, file, photoPng(picture, pictureSides.base))
          const targetName = session.model.labels?.[targets[n]!]
          return {
            kind: 'input',
            name,
            sha256,
            ...(file && { picture: file }),
            target: targets[n]!,
            ...(targetName !== undefined && { targetName }),
            ...standing(rowsOf(logits)[n]!, targets[n]!)
          }
        }
    })
  }
}

/** The logit of a label and its probability by a softmax over all. */
function standing(row: Float32Array, label: number): { logit: number; probability: number } {
  const most = row.reduce((largest, logit) => Math.max(largest, logit), -Infinity)
  const sum = row.reduce((all, logit) => all + Math.exp(logit - most), 0)
  return { logit: row[label]!, probability: Math.exp(row[label]! - most) / sum }
}

/** The maps of the unchanged model by one method, for every input of a batch. */
export async function recordMaps(sitting: Sitting, method: MatrixMethod, batch: KnownBatch): Promise<void> {
  const { session, options } = sitting
  await runUnit(sitting, {
    batch,
    piece: ({ name }) => ({ kind: 'map', method: method.name, input: name }),
    run: async ({ inputs, input, targets }) => {
      const { attribution, notes, baselineLogits } = await explain(session, input, method.method, {
        ...explainOptions(sitting),
        target: targets
      })
      return async (n) => {
        const map = example(attribution, n)
        const name = `${fileOf(sitting, inputs[n]!)}.${fileName(method.name)}`
        const values = await putFile(options.folder, `${folders.maps}/${name}.npy`, writeNpy(map))
        const logits =
          baselineLogits &&
          (await putFile(options.folder, `${folders.maps}/${name}.baseline.npy`, writeNpy(example(baselineLogits, n))))
        const png = mapPng(map, pictureSides.base)
        const picture = await putFile(options.folder, `${folders.pictures}/${name}.png`, png)
        return {
          kind: 'map',
          method: method.name,
          input: inputs[n]!.name,
          picture,
          values,
          ...(logits !== undefined && { baselineLogits: logits }),
          kept: keptShare(map.data),
          notes: notes.filter((note) => note.example === undefined || note.example === n).map(({ message }) => message)
        }
      }
    }
  })
}

/** The maps of a batch that were recorded before. */
export function heldMaps({ maps }: Sitting, method: MatrixMethod, { inputs }: KnownBatch): Promise<HeldMap[]> {
  return Promise.all(inputs.map(({ name }) => maps.get(method.name, name)))
}

/** The turfs of every input of a batch; inputs that are no pictures have none. */
export async function recordTurfs(sitting: Sitting, batch: KnownBatch): Promise<void> {
  const { matrix, session, options } = sitting
  if (matrix.turf === undefined || !hasTurf(batch.input)) return
  const { signal, memory } = options
  for (const input of batch.inputs) {
    await runUnit(sitting, {
      batch: { ...batch, inputs: [input] },
      piece: ({ name }) => ({ kind: 'turf', input: name }),
      run: async () => {
        const { facts, png } = await turfOf({
          session,
          input,
          base: matrix.turf!,
          seed: matrix.seed,
          ...(signal && { signal }),
          ...(memory !== undefined && { memory })
        })
        return async () => {
          const file = `${folders.pictures}/${fileOf(sitting, input)}.turf.png`
          return { kind: 'turf', ...facts, picture: await putFile(options.folder, file, png) }
        }
      }
    })
  }
}

/** Whether inputs are pictures, which alone have pixels to be owned. */
export function hasTurf({ shape }: Tensor): boolean {
  return shape.length === 4 && shape[2]! > 1 && shape[3]! > 1
}

/** What the names of an input's files begin with: its place keeps names apart that are alike as names of files. */
export function fileOf({ matrix }: Pick<Sitting, 'matrix'>, input: MatrixInput): string {
  const place = matrix.inputs.findIndex(({ name }) => name === input.name) + 1
  return `${place}-${fileName(input.name)}`
}

/** Logits of a batch by any session. */
export function logitsOf(
  session: Session,
  { input }: { readonly input: Tensor },
  signal?: AbortSignal
): Promise<Tensor> {
  return session.forward(input, signal && { signal })
}
