import { AgonError, type Model } from '@agon/core'
import type { ModelProto } from './decode.js'

/** Key of the file's metadata that holds the labels, a JSON list of texts. */
export const labelsKey = 'agon.labels'

/** The model with the given labels, else with those stored in the file. Throws AGON_BAD_INPUT if there are too few or too many. */
export function withLabels(
  model: Model,
  given: readonly string[] | undefined,
  metadata: ModelProto['metadataProps']
): Model {
  const labels = given ?? stored(metadata)
  if (labels === undefined) return model
  const extents = model.outputs[0]!.shape.slice(1)
  const count = extents.reduce<number>((size, extent) => size * (typeof extent === 'number' ? extent : NaN), 1)
  if (Number.isNaN(count) || count === labels.length) return { ...model, labels: [...labels] }
  throw new AgonError('AGON_BAD_INPUT', {
    what: `labels of model '${model.name}'`,
    expected: `${count}, one for each logit`,
    found: `${labels.length}`
  })
}

function stored(metadata: ModelProto['metadataProps']): readonly string[] | undefined {
  const text = metadata.find(({ key }) => key === labelsKey)?.value
  if (text === undefined || text === null) return undefined
  const labels = parsed(text)
  if (Array.isArray(labels) && labels.every((label) => typeof label === 'string')) return labels
  throw new AgonError('AGON_BAD_FILE', {
    what: `metadata '${labelsKey}'`,
    expected: 'a JSON list of texts',
    found: 'something else'
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
