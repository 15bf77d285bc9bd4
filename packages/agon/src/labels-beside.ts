import { AgonError, sizeOf, type Model, type Note } from '@agon/core'
import { readLabels, type Labels, type Sidecar } from '@agon/images'

/** Number of logits of one example, if the model says it. */
export function labelCount(model: Model): number | undefined {
  const extents = model.outputs[0]?.shape.slice(1) ?? []
  const known = extents.filter((extent) => typeof extent === 'number')
  return extents.length > 0 && known.length === extents.length ? sizeOf(known) : undefined
}

/**
 * The label names of a model's file: those of its sidecar, which speaks of this model and must fit (AGON_BAD_FILE), else
 * those stored in the file, else those of `labels.json` or `labels.txt`, which merely lie in the same folder: they are taken
 * if they fit and left with a note if not.
 */
export async function labelsBeside(
  path: string,
  model: Model,
  sidecar: Sidecar | undefined
): Promise<{ readonly labels?: Labels; readonly notes: readonly Note[] }> {
  const count = labelCount(model)
  if (sidecar?.labels) {
    if (count === undefined || sidecar.labels.length === count)
      return { labels: { names: sidecar.labels, from: sidecar.path }, notes: [] }
    throw new AgonError('AGON_BAD_FILE', {
      what: `labels of ${sidecar.path}`,
      expected: `${count}, one for each logit`,
      found: `${sidecar.labels.length}`
    })
  }
  if (model.labels) return { labels: { names: model.labels, from: path }, notes: [] }
  try {
    const labels = await readLabels(path)
    if (labels === undefined) return { notes: [] }
    if (labels.names.length === count) return { labels, notes: [] }
    const found = `${labels.names.length} names for ${count ?? 'an unknown number of'} logits`
    return { notes: [unused(`${labels.from} has ${found}`)] }
  } catch (error) {
    if (error instanceof AgonError) return { notes: [unused(error.message)] }
    throw error
  }
}

function unused(reason: string): Note {
  return { code: 'labels-unused', message: `The label file beside the model is not used: ${reason}` }
}
